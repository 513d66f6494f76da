/// An answer whose body is written while it is sent: an export, server-sent events.
public struct Stream {
    /// Status and headers, and the body's beginning.
    let head: Response
    let endless: Bool
    let write: ((Writer) async throws -> Void)?

    /// `write` runs as the request's task; where it throws, the client sees a broken body. A stream that is `endless` is ended when
    /// the server drains; any other has until the drain's deadline.
    public init(_ head: Response, endless: Bool = false, write: @escaping (Writer) async throws -> Void) {
        self.head = head
        self.endless = endless
        self.write = write
    }

    /// No stream after all: a plain answer.
    public init(_ response: Response) {
        head = response
        endless = false
        write = nil
    }
}
