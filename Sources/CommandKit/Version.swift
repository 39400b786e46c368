/// The program's version.
package enum Version {
    package static let text = "wit 0.1.0"
}
