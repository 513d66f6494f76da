public import GatehouseHTTP
import GatehouseModel

/// What a browser gets: a page, or the way to the next one. Neither is kept, framed, or told of to others.
extension WebPage {
    /// `headers`: cookies, `Retry-After`.
    public func response(_ headers: [Response.Header] = []) -> Response {
        Response(
            status,
            [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy)] + Self.guards + headers,
            Array(html.markup.utf8))
    }

    /// Without `unsafe-inline`: there is no script, and no style but the one sheet.
    private var policy: String {
        let next = leadsTo.map { " \($0.contentSecuritySource)" } ?? ""
        return "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'\(next); "
            + "frame-ancestors 'none'; base-uri 'none'"
    }

    fileprivate static let guards: [Response.Header] = [
        ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
}

extension Response {
    /// After a POST: the next page is a GET (RFC 9110 §15.4.4).
    public static func seeOther(_ path: LocalPath, _ headers: [Header] = []) -> Response {
        Response(303, [("Location", path.text)] + WebPage.guards + headers)
    }
}

extension RedirectURI {
    /// CSP 3 has no words for an IPv6 host (§2.3.1): there the scheme alone has to do.
    fileprivate var contentSecuritySource: String {
        origin.contains("[") ? String(origin.prefix { $0 != ":" }) + ":" : origin
    }
}
