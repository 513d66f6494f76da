public import GatehouseModel

/// What every service is told alike.
public struct PlatformSettings: Sendable {
    public let name: ServiceName
    /// The one origin of all, without a trailing slash: issuer and audience of tokens.
    public let origin: String
    public let listen: Listener
    public let internalListen: Listener
    public let postgres: String
    public let postgresOwner: String?
    public let kafka: [String: String]
    public let assertionKey: [UInt8]
    public let log: Log

    public init(_ configuration: Configuration, name: ServiceName) throws(Configuration.Failure) {
        self.name = name
        origin = try configuration.origin()
        listen = try configuration.listener("LISTEN", default: "127.0.0.1:0")
        internalListen = try configuration.listener("INTERNAL_LISTEN", default: "127.0.0.1:0")
        postgres = try configuration.text("POSTGRES_URL")
        postgresOwner = configuration.text(ifGiven: "POSTGRES_OWNER_URL")
        kafka = configuration.kafka
        guard kafka["bootstrap.servers"] != nil else {
            throw Configuration.Failure("KAFKA_BOOTSTRAP_SERVERS", "is required")
        }
        assertionKey = try configuration.key("ASSERTION_KEY", atLeast: 32)
        log = Log(name.rawValue, level: try configuration.choice("LOG_LEVEL", default: .info))
    }
}
