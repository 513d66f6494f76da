import CMicroHTTPD
import GatehouseEventLoop

/// Writes the body of a stream.
public struct Writer {
    let pipe: Pipe

    /// Returns when there is room for more; throws when nobody reads any longer, or the request's task is cancelled.
    public func write(_ bytes: [UInt8]) async throws(CancellationError) { try await pipe.write(bytes) }
}

/// Between the task that writes a stream's body and the callback that reads it.
final class Pipe {
    private static let capacity = 64 << 10
    private static let block = 16 << 10

    private enum State {
        case open, ended, broken
    }
    private var state = State.open
    private var bytes: [UInt8]
    private var taken = 0
    /// The writer waits for room.
    private var room: Latch?
    /// Suspended: the reader waits for bytes.
    private var connection: OpaquePointer?
    private let resumed: () -> Void

    init(_ beginning: [UInt8], resumed: @escaping () -> Void) {
        bytes = beginning
        self.resumed = resumed
    }

    func write(_ more: [UInt8]) async throws(CancellationError) {
        guard state == .open, !Task.isCancelled else { throw CancellationError() }
        if taken > 0 { bytes.removeFirst(taken) }
        taken = 0
        bytes.append(contentsOf: more)
        resume()
        while bytes.count - taken >= Self.capacity {
            let latch = Latch()
            room = latch
            try await latch.wait()
            guard state == .open else { throw CancellationError() }
        }
    }

    func end() { close(.ended) }
    func fail() { close(.broken) }

    private func close(_ state: State) {
        guard self.state == .open else { return }
        self.state = state
        resume()
        room?.open()
    }

    private func resume() {
        guard let connection else { return }
        self.connection = nil
        MHD_resume_connection(connection)
        resumed()
    }

    /// A response that reads from here.
    func response(on connection: OpaquePointer) -> OpaquePointer? {
        let reader = Unmanaged.passRetained(Reader(pipe: self, connection: connection))
        return MHD_create_response_from_callback(
            UInt64.max, Self.block,
            { reader, _, buffer, room in
                guard let reader, let buffer else { return -2 }
                let end = Unmanaged<Reader>.fromOpaque(reader).takeUnretainedValue()
                return end.pipe.read(into: buffer, room, end.connection)
            }, reader.toOpaque(),
            { reader in if let reader { Unmanaged<Reader>.fromOpaque(reader).release() } })
    }

    /// The end that libmicrohttpd holds: when it lets go, nobody reads any longer.
    private final class Reader {
        let pipe: Pipe
        let connection: OpaquePointer
        init(pipe: Pipe, connection: OpaquePointer) {
            self.pipe = pipe
            self.connection = connection
        }
        deinit {
            pipe.connection = nil
            pipe.fail()
        }
    }

    private func read(into buffer: UnsafeMutablePointer<CChar>, _ room: Int, _ connection: OpaquePointer) -> Int {
        let count = min(room, bytes.count - taken)
        guard count > 0 else {
            switch state {
            case .ended: return -1  // MHD_CONTENT_READER_END_OF_STREAM
            case .broken: return -2  // MHD_CONTENT_READER_END_WITH_ERROR
            case .open:
                self.connection = connection
                MHD_suspend_connection(connection)
                return 0
            }
        }
        bytes.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(start: buffer, count: room)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[taken..<taken + count]))
        }
        taken += count
        if taken == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            taken = 0
        }
        if bytes.count - taken < Self.capacity { self.room?.open() }
        return count
    }
}
