/// How a user is called when the log is read.
struct Person: Sendable {
    let name: String
    let isErased: Bool
}
