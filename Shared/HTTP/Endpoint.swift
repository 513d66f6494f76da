/// A handler, and what its requests' bodies may be. Chosen at the headers, before the body is read.
public struct Endpoint {
    /// In bytes; nil: a body is read, and dropped.
    public var maximumBody: Int?
    /// What a body may be (`application/json`), nil: anything.
    public var mediaTypes: [String]?
    public var handle: (Request) -> Reply

    public init(maximumBody: Int? = 0, mediaTypes: [String]? = nil, handle: @escaping (Request) -> Reply) {
        self.maximumBody = maximumBody
        self.mediaTypes = mediaTypes
        self.handle = handle
    }
}
