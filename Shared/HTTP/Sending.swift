import CMicroHTTPD

extension Server {
    /// Queues an answer, with its body in `pipe` if there is one. One that cannot be sent (a line break in a header) becomes the refusal
    /// that says so.
    func send(
        _ response: Response, _ pipe: Pipe? = nil, for request: Request, on connection: OpaquePointer,
        closing: Bool = false
    ) -> MHD_Result {
        queue(response, pipe, for: request, on: connection, closing)
            ?? queue(refuse(.failed), nil, for: request, on: connection, true)
            ?? .NO
    }

    private func queue(
        _ response: Response, _ pipe: Pipe?, for request: Request, on connection: OpaquePointer, _ closing: Bool
    ) -> MHD_Result? {
        guard (200...999).contains(response.status) else { return nil }
        guard let made = pipe == nil ? create(response.body) : pipe?.response(on: connection) else { return nil }
        defer { MHD_destroy_response(made) }
        for header in response.headers {
            guard add(header.name, header.value, to: made) else { return nil }
        }
        // After the head of a stream, 0.9.75 would send the last chunk to a HEAD, too.
        if pipe != nil, request.method == "HEAD" { mhd_end_by_closing(made) }
        if closing || isDraining { MHD_add_response_header(made, "Connection", "close") }
        request.phase = .sent(status: response.status)
        return MHD_queue_response(connection, UInt32(response.status), made)
    }

    private func add(_ name: String, _ value: String, to response: OpaquePointer) -> Bool {
        var value = value.isEmpty ? " " : value
        guard !value.withUTF8({ hasControls(UnsafeRawBufferPointer($0)) }) else { return false }
        // Not the implicit conversion: that allocates for a short text.
        return name.withCString { name in
            value.withCString { value in MHD_add_response_header(response, name, value) == .YES }
        }
    }

    /// A short body is copied: that costs less than to hold it.
    private func create(_ body: [UInt8]) -> OpaquePointer? {
        guard body.count > 4096 else {
            return body.withUnsafeBytes {
                MHD_create_response_from_buffer(
                    $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
            }
        }
        // The bytes stay in their place: whoever would change the array gets a copy while this one is held.
        let held = Unmanaged.passRetained(Held(body))
        return body.withUnsafeBytes {
            MHD_create_response_from_buffer_with_free_callback_cls(
                $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress),
                { held in if let held { Unmanaged<Held>.fromOpaque(held).release() } }, held.toOpaque())
        }
    }

    private final class Held {
        let body: [UInt8]
        init(_ body: [UInt8]) { self.body = body }
    }
}
