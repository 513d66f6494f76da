/// An application as a change has left it, and the secret that its caller is told: by the change, or by its kept answer.
struct Issued: Sendable {
    let application: Application
    let secret: String
}
