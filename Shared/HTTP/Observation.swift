/// An answered request, for the metrics.
public struct Observation {
    /// As in the router; empty where no route was found.
    public let template: String
    public let method: String
    public let status: Int
    /// From the head's end to the answer's last byte.
    public let duration: Duration
}
