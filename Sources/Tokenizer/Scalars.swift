/// Text as code points: the unit in which Python, and so OpenCLIP's cleaning, counts and indexes.
typealias Scalars = ContiguousArray<Unicode.Scalar>

extension String {
    /// Joins code points as they are, with no normalisation.
    init(_ scalars: some Sequence<Unicode.Scalar>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self = String(view)
    }
}
