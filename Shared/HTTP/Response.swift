/// What a request gets. Length, date and the connection's fate are added on the way.
public struct Response: Sendable {
    public typealias Header = (name: String, value: String)

    public var status: Int
    /// An empty value is sent as one space (libmicrohttpd refuses it); a value with a line break makes the whole answer fail.
    public var headers: [Header]
    public var body: [UInt8]

    public init(_ status: Int, _ headers: [Header] = [], _ body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public init(_ status: Int, _ headers: [Header] = [], text: String, type: String = "text/plain; charset=utf-8") {
        self.init(status, headers + [("Content-Type", type)], Array(text.utf8))
    }
}
