/// What the next record of a list is.
enum ListRecord {
    case row
    /// It cannot be read as the format says.
    case broken
    case tooLong
}

/// The records of a list, one after another.
protocol ListRecords: AnyObject {
    /// The columns' names, or their numbers from 1 where the list names none.
    var columns: [String] { get }
    /// Goes to the next record; nil at the end.
    func next() throws -> ListRecord?
    /// What a column of this record holds, by its place in `columns`; nil for nothing.
    func text(_ column: Int) -> String?
}
