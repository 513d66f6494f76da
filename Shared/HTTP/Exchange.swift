import CMicroHTTPD
import GatehouseEventLoop
import Glibc

/// A request's way through libmicrohttpd's callbacks: the first line, the head, pieces of the body, the body's end, the answer, the end.
extension Server {
    func began(_ target: UnsafePointer<CChar>, _ connection: OpaquePointer) -> Request {
        let owner = Unmanaged<Connection>.fromOpaque(mhd_socket_context(connection)).takeUnretainedValue()
        let bytes = UnsafeRawBufferPointer(start: target, count: strlen(target))
        let request = Request(target: Target(bytes), peer: owner.peer, connection: connection, since: tick)
        owner.request = request
        inFlight += 1
        return request
    }

    /// The head is there: who answers is known, and whether the body is wanted.
    func headed(
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
            if endpoint.maximumBody != nil, let length = framing.length, length > 0 {
                request.body.reserveCapacity(min(length, 256 << 10))
            }
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
        let maximum = endpoint.maximumBody ?? settings.dropped
        if let length = framing.length, length > maximum { throw .contentTooLarge(maximum) }
        guard let wanted = endpoint.mediaTypes else { return }
        // A coded body is another than it says: no coding is known here (RFC 9110 §15.5.16).
        guard let type = request.header("Content-Type").flatMap(MediaType.init), wanted.contains(where: type.fits),
            request.header("Content-Encoding") == nil
        else {
            throw .unsupportedMediaType(wanted)
        }
    }

    func received(_ piece: UnsafeRawBufferPointer, _ request: Request) -> MHD_Result {
        switch request.phase {
        case .receiving(let endpoint):
            guard let maximum = endpoint.maximumBody else { return drop(piece, request) }
            guard request.body.count + piece.count > maximum else {
                request.body.append(contentsOf: piece)
                return .YES
            }
            request.dropped = request.body.count
            request.body = []
            request.phase = .refused(.contentTooLarge(maximum))
            return drop(piece, request)
        case .refused:
            return drop(piece, request)
        default:
            return .NO
        }
    }

    private func drop(_ piece: UnsafeRawBufferPointer, _ request: Request) -> MHD_Result {
        request.dropped += piece.count
        return request.dropped > settings.dropped ? .NO : .YES
    }

    /// The request is there as a whole, and libmicrohttpd asks for its answer; again after each resumption.
    func asked(_ request: Request, _ connection: OpaquePointer) -> MHD_Result {
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
            return send(request.beforeSending?(response) ?? response, for: request, on: connection)
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

    func ended(_ request: Request, _ connection: OpaquePointer) {
        let owner = Unmanaged<Connection>.fromOpaque(mhd_socket_context(connection)).takeUnretainedValue()
        owner.request = nil
        owner.since = tick
        if let observe, let began = request.began, case .sent(let status) = request.phase {
            observe(
                Observation(
                    template: request.template, method: request.method, status: status, duration: .now - began))
        }
        request.phase = .over
        request.beforeSending = nil
        request.task?.cancel()
        request.task = nil
    }
}
