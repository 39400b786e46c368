import Foundation

/// Normalisation form C (UAX #15).
enum Composition {
    static func apply(to text: Scalars) -> Scalars {
        guard text.contains(where: { CharacterTraits.of($0).contains(.mayCompose) }) else { return text }
        return Scalars(String(text).precomposedStringWithCanonicalMapping.unicodeScalars)
    }
}
