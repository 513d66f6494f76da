/// From which site a browser sends a request (Fetch Metadata; RFC 6454 §7).
public enum RequestSite: Sendable, Hashable {
    case ours
    case another
    /// Neither header tells. Of a form on a page with `Referrer-Policy: no-referrer`, browsers say `Origin: null`.
    case unstated

    /// All lines of `Origin` and of `Sec-Fetch-Site`.
    public init(origins: [String], sites: [String], origin: String) {
        guard origins.count < 2, sites.count < 2 else {
            self = .another
            return
        }
        switch (sites.first, origins.first) {
        case ("same-origin", nil), ("same-origin", "null"), ("same-origin", origin), (nil, origin): self = .ours
        case (nil, nil), (nil, "null"): self = .unstated
        default: self = .another
        }
    }
}
