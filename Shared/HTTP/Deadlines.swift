import GatehouseEventLoop

/// One timer for all connections, not one for each request: a deadline passes up to a tick late.
extension Server {
    private static let length = Duration.milliseconds(250)

    func admit(_ connection: Connection) {
        if connections.isEmpty { events.after(Self.length) { self.pass() } }
        connection.index = connections.count
        connections.append(connection)
    }

    func dismiss(_ connection: Connection) {
        if connections.count == settings.connections { resumed() }  // to accept again takes a round
        connections.swapAt(connection.index, connections.count - 1)
        connections[connection.index].index = connection.index
        connections.removeLast()
    }

    private func pass() {
        tick += 1
        for connection in connections { check(connection) }
        if !connections.isEmpty { events.after(Self.length) { self.pass() } }
    }

    private func check(_ connection: Connection) {
        guard let request = connection.request else {
            let isFresh = tick &- connection.since == 1
            if isOver(connection.since, settings.idle) || isFresh && connection.isHalfClosed { connection.cut() }
            return
        }
        switch request.phase {
        case .head, .receiving: if isOver(request.since, settings.receiving) { connection.cut() }
        case .refused: if isOver(request.since, settings.dropping) { connection.cut() }
        case .working, .suspended: if isOver(request.since, settings.answering) { fail(request) }
        case .answered, .sent, .over: break  // libmicrohttpd's own time-out sees to a client that does not read
        }
    }

    private func isOver(_ since: UInt32, _ limit: Duration) -> Bool { Self.length * Int(tick &- since) > limit }
}
