import CMicroHTTPD
import Glibc

private typealias Context = UnsafeMutableRawPointer
private typealias Slot = UnsafeMutablePointer<UnsafeMutableRawPointer?>

private func server(at context: Context) -> Server { Unmanaged<Server>.fromOpaque(context).takeUnretainedValue() }

/// A connection begins or ends.
private let connectionChanged:
    @convention(c) (Context?, OpaquePointer?, Slot?, MHD_ConnectionNotificationCode) -> Void = {
        context, connection, slot, code in
        guard let server = context.map(server), let connection, let slot else { return }
        if code == .CONNECTION_NOTIFY_STARTED {
            let made = Connection(connection, since: server.tick)
            server.admit(made)
            slot.pointee = Unmanaged.passRetained(made).toOpaque()
        } else if let raw = slot.pointee {
            server.dismiss(Unmanaged<Connection>.fromOpaque(raw).takeRetainedValue())
        }
    }

/// A request's first line has come. libmicrohttpd holds what is made here for as long as the request lasts.
private let requestBegan: @convention(c) (Context?, UnsafePointer<CChar>?, OpaquePointer?) -> Context? = {
    context, target, connection in
    guard let server = context.map(server), let target, let connection else { return nil }
    return Unmanaged.passRetained(server.began(target, connection)).toOpaque()
}

/// A request is over, one way or the other.
private let requestEnded: @convention(c) (Context?, OpaquePointer?, Slot?, MHD_RequestTerminationCode) -> Void = {
    context, connection, slot, _ in
    guard let server = context.map(server), let connection, let raw = slot?.pointee else { return }
    slot?.pointee = nil
    var request = Unmanaged<Request>.fromOpaque(raw).takeRetainedValue()
    server.ended(request, connection)
    let isHeld = !isKnownUniquelyReferenced(&request)
    request.end(keep: isHeld)
    server.departed()
}

/// A line of libmicrohttpd's own log; its arguments, a `va_list`, come as a pointer.
private let logged: @convention(c) (Context?, UnsafePointer<CChar>?, UnsafeRawPointer?) -> Void = {
    context, format, _ in
    guard let server = context.map(server), let format, strncmp(format, Server.refusal, Server.refusal.utf8.count) == 0
    else { return }
    server.intercept()
}

/// Called at the head, for each piece of the body, and at the request's end until it is answered.
private let requestCalled: MHD_AccessHandlerCallback = {
    context, connection, url, method, version, bytes, count, slot in
    guard let server = context.map(server), let raw = slot?.pointee, let connection, let count else { return .NO }
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
}

/// Without it `%2F` is decoded under our feet.
private let unescaped: @convention(c) (Context?, OpaquePointer?, UnsafeMutablePointer<CChar>?) -> Int = { _, _, text in
    text.map { strlen($0) } ?? 0
}

extension Server {
    /// libmicrohttpd on our listening socket, calling us; nil where it does not start.
    func startDaemon(_ listener: Int32) -> OpaquePointer? {
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
            option(.NOTIFY_CONNECTION, connectionChanged),
            option(.URI_LOG_CALLBACK, requestBegan),
            option(.NOTIFY_COMPLETED, requestEnded),
            option(.UNESCAPE_CALLBACK, unescaped),
            option(.END, 0),
        ]
        var flags = MHD_USE_EPOLL.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
        if Framing.isLenient {
            flags |= MHD_USE_ERROR_LOG.rawValue
            options.insert(option(.EXTERNAL_LOGGER, logged), at: 0)
        }
        return mhd_start(flags, requestCalled, me, &options)
    }
}
