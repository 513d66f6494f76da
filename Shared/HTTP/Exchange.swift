import CMicroHTTPD
import GatehouseEventLoop
import Glibc

/// A request's way through libmicrohttpd's callbacks: the first line, the head, pieces of the body, the body's end, the answer, the end.
extension Server {
    func startDaemon(_ listener: Int32) -> OpaquePointer? {
        typealias Ended =
            @convention(c) (
                UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
                MHD_RequestTerminationCode
            ) -> Void
        typealias Began =
            @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) ->
            UnsafeMutableRawPointer?
        typealias Connected =
            @convention(c) (
                UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
                MHD_ConnectionNotificationCode
            ) -> Void
        typealias Unescape =
            @convention(c) (
                UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<CChar>?
            ) -> Int

        let connected: Connected = { server, connection, slot, code in
            guard let server = server.map(Server.at), let connection, let slot else { return }
            if code == .CONNECTION_NOTIFY_STARTED {
                let made = Connection(connection, since: server.tick)
                server.admit(made)
                slot.pointee = Unmanaged.passRetained(made).toOpaque()
            } else if let raw = slot.pointee {
                server.dismiss(Unmanaged<Connection>.fromOpaque(raw).takeRetainedValue())
            }
        }
        let began: Began = { server, target, connection in
            guard let server = server.map(Server.at), let target, let connection else { return nil }
            return Unmanaged.passRetained(server.began(target, connection)).toOpaque()
        }
        let ended: Ended = { server, connection, slot, _ in
            guard let server = server.map(Server.at), let connection, let raw = slot?.pointee else { return }
            slot?.pointee = nil
            var request = Unmanaged<Request>.fromOpaque(raw).takeRetainedValue()
            server.ended(request, connection)
            let isHeld = !isKnownUniquelyReferenced(&request)
            request.end(keep: isHeld)
            server.departed()
        }
        let unescape: Unescape = { _, _, text in text.map { Int(strlen($0)) } ?? 0 }

        let me = Unmanaged.passUnretained(self).toOpaque()
        func option(_ option: MHD_OPTION, _ value: Int) -> MHD_OptionItem {
            MHD_OptionItem(option: option, value: value, ptr_value: nil)
        }
        func option<Callback>(_ option: MHD_OPTION, _ callback: Callback) -> MHD_OptionItem {
            MHD_OptionItem(option: option, value: unsafeBitCast(callback, to: Int.self), ptr_value: me)
        }
        var options = [
            option(.LISTEN_SOCKET, Int(listener)),
            option(.CONNECTION_LIMIT, settings.connections),
            option(.CONNECTION_MEMORY_LIMIT, settings.memory),
            option(.CONNECTION_TIMEOUT, Int(settings.idle.components.seconds)),
            // 0.9's one check is Framing's, too, and where it misses a Host, it sends its answer's head twice.
            option(.STRICT_FOR_CLIENT, Framing.isLenient ? 0 : 1),
            option(.SIGPIPE_HANDLED_BY_APP, 1),
            option(.NOTIFY_CONNECTION, connected),
            option(.URI_LOG_CALLBACK, began),
            option(.NOTIFY_COMPLETED, ended),
            option(.UNESCAPE_CALLBACK, unescape),
            option(.END, 0),
        ]
        return mhd_start(
            MHD_USE_EPOLL.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue,
            { server, connection, url, method, version, bytes, count, slot in
                guard let server = server.map(Server.at), let raw = slot?.pointee, let connection, let count else {
                    return .NO
                }
                let request = Unmanaged<Request>.fromOpaque(raw).takeUnretainedValue()
                if case .head = request.phase {
                    guard let url, let method, let version else { return .NO }
                    return server.headed(request, connection, method, url, version)
                }
                if count.pointee > 0 {
                    let piece = UnsafeRawBufferPointer(start: bytes, count: count.pointee)
                    count.pointee = 0
                    return server.received(piece, request)
                }
                return server.asked(request, connection)
            }, me, &options)
    }

    private static func at(_ raw: UnsafeMutableRawPointer) -> Server {
        Unmanaged<Server>.fromOpaque(raw).takeUnretainedValue()
    }

    private func began(_ target: UnsafePointer<CChar>, _ connection: OpaquePointer) -> Request {
        let owner = Unmanaged<Connection>.fromOpaque(mhd_socket_context(connection)).takeUnretainedValue()
        let bytes = UnsafeRawBufferPointer(start: target, count: strlen(target))
        let request = Request(target: Target(bytes), peer: owner.peer, connection: connection, since: tick)
        owner.request = request
        inFlight += 1
        return request
    }

    /// The head is there: who answers is known, and whether the body is wanted.
    private func headed(
        _ request: Request, _ connection: OpaquePointer, _ method: UnsafePointer<CChar>, _ url: UnsafePointer<CChar>,
        _ version: UnsafePointer<CChar>
    ) -> MHD_Result {
        request.method = String(cString: method)
        if observe != nil { request.began = .now }
        let framing: Framing
        do {
            framing = try Framing(connection, method: method, url: url, version: version, target: request.target)
        } catch {
            return send(refuse(error), for: request, on: connection, closing: true)
        }
        do {
            let endpoint = try route(request)
            try admit(framing, of: request, to: endpoint)
            request.phase = .receiving(endpoint)
            if let length = framing.length, length > 0 { request.body.reserveCapacity(min(length, 256 << 10)) }
        } catch {
            // What will not be read, or is not yet sent, is refused at once: then libmicrohttpd closes the connection.
            if framing.hasBody, framing.expects || framing.length ?? 0 > settings.dropped {
                return send(refuse(error), for: request, on: connection, closing: true)
            }
            request.phase = .refused(error)
        }
        return .YES
    }

    private func admit(_ framing: Framing, of request: Request, to endpoint: Endpoint) throws(Refusal) {
        guard framing.hasBody else { return }
        if let length = framing.length, length > endpoint.maximumBody { throw .contentTooLarge(endpoint.maximumBody) }
        guard let wanted = endpoint.mediaTypes else { return }
        guard let type = request.header("Content-Type").flatMap(MediaType.init), wanted.contains(where: type.fits)
        else {
            throw .unsupportedMediaType(wanted)
        }
    }

    private func received(_ piece: UnsafeRawBufferPointer, _ request: Request) -> MHD_Result {
        switch request.phase {
        case .receiving(let endpoint) where request.body.count + piece.count > endpoint.maximumBody:
            request.dropped = request.body.count
            request.body = []
            request.phase = .refused(.contentTooLarge(endpoint.maximumBody))
            return received(piece, request)
        case .receiving:
            request.body.append(contentsOf: piece)
            return .YES
        case .refused:
            request.dropped += piece.count
            return request.dropped > settings.dropped ? .NO : .YES
        default:
            return .NO
        }
    }

    /// The request is there as a whole, and libmicrohttpd asks for its answer; again after each resumption.
    private func asked(_ request: Request, _ connection: OpaquePointer) -> MHD_Result {
        switch request.phase {
        case .refused(let refusal):
            return send(refuse(refusal), for: request, on: connection)
        case .receiving(let endpoint):
            switch endpoint.handle(request) {
            case .now(let response): return send(response, for: request, on: connection)
            case .later(let answer):
                start(request) { self.finish(request, .plain(await answer())) }
            case .stream(let answer):
                start(request) { await self.stream(await answer(), to: request) }
            }
            guard case .answered = request.phase else { return .YES }
            return asked(request, connection)
        case .working:
            // Only now: a connection that is suspended in its first round wants to read when it goes on, and takes a client that has
            // closed its sending side for gone (0.9.75). In this one it wants nothing.
            request.phase = .suspended
            MHD_suspend_connection(connection)
            return .YES
        case .answered(.plain(let response)):
            return send(response, for: request, on: connection)
        case .answered(.stream(let head, let pipe)):
            return send(head, pipe, for: request, on: connection)
        case .suspended: return .YES
        case .head, .sent, .over: return .NO
        }
    }

    private func start(_ request: Request, _ work: @escaping () async -> Void) {
        request.phase = .working
        request.since = tick
        request.task = core.start(work)
        hasStarted = true
    }

    private func stream(_ stream: Stream, to request: Request) async {
        guard let write = stream.write else { return finish(request, .plain(stream.head)) }
        let pipe = Pipe(stream.head.body) { self.resumed() }
        request.pipe = pipe
        request.isEndless = stream.endless
        finish(request, .stream(stream.head, pipe))
        guard request.method != "HEAD" else { return pipe.end() }
        do {
            try await write(Writer(pipe: pipe))
            pipe.end()
        } catch {
            if stream.endless, isDraining { pipe.end() } else { pipe.fail() }
        }
    }

    /// The handler's answer; too late where the deadline has passed, or the client is gone.
    func finish(_ request: Request, _ answer: Request.Answer) {
        switch request.phase {
        case .working: request.phase = .answered(answer)
        case .suspended:
            request.phase = .answered(answer)
            MHD_resume_connection(request.connection)
            resumed()
        case .head, .refused, .receiving, .answered, .sent, .over:
            if case .stream(_, let pipe) = answer { pipe.fail() }
        }
    }

    /// The handler's time is up.
    func fail(_ request: Request) {
        request.task?.cancel()
        finish(request, .plain(refuse(.failed)))
    }

    private func ended(_ request: Request, _ connection: OpaquePointer) {
        let owner = Unmanaged<Connection>.fromOpaque(mhd_socket_context(connection)).takeUnretainedValue()
        owner.request = nil
        owner.since = tick
        if let observe, let began = request.began, case .sent(let status) = request.phase {
            observe(
                Observation(
                    template: request.template, method: request.method, status: status, duration: .now - began))
        }
        request.phase = .over
        request.task?.cancel()
        request.task = nil
    }
}
