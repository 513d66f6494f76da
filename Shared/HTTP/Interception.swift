import CMicroHTTPD
import Glibc

/// libmicrohttpd 0.9.75 refuses a Content-Length that is no number by itself, before it asks us, and sends its answer's head twice. But
/// it tells its log first: then the answer is ours, and its own finds the socket shut.
extension Server {
    /// What the library writes into its log before it answers by itself.
    static let refusal = "Error processing request"

    /// Only the connection that is refused right now has a complete head that nobody has been asked about.
    func intercept() {
        for connection in connections {
            guard let request = connection.request, case .head = request.phase, let handle = request.connection,
                mhd_head_size(handle) > 0
            else { continue }
            let answer = refuse(.malformed("Content-Length is no number."))
            request.phase = .sent(status: answer.status)
            connection.end(with: answer)
        }
    }
}

extension Connection {
    /// Past libmicrohttpd, which has sent all that came before; what the socket does not take at once is lost.
    fileprivate func end(with response: Response) {
        let reason = String(cString: MHD_get_reason_phrase_for(UInt32(response.status)))
        let fields = response.headers + [("Content-Length", "\(response.body.count)"), ("Connection", "close")]
        let head = "HTTP/1.1 \(response.status) \(reason)\r\n" + fields.map { "\($0.name): \($0.value)\r\n" }.joined()
        send(Array("\(head)\r\n".utf8) + response.body)
        cut()
    }
}
