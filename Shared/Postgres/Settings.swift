extension Postgres {
    public struct Settings: Sendable {
        /// How the connections of the leased lanes are made.
        public var leased: Connection.Settings
        /// How those of the shared lane are: what is slow there stops everybody.
        public var shared: Connection.Settings
        public var sharedConnections = 2
        public var changeConnections = 4
        public var searchConnections = 2
        /// On one shared connection.
        public var inFlight = 256
        /// Callers who may wait in a lane, and how long each.
        public var queue = 1024
        public var patience = Duration.seconds(2)
        /// Of a connection, shortened by up to a fifth so that they do not age together.
        public var lifetime = Duration.seconds(1800)

        public init(_ conninfo: String) {
            leased = Connection.Settings(conninfo)
            shared = leased
            shared.statementTimeout = .seconds(5)
            shared.lockTimeout = .seconds(1)
        }
    }
}
