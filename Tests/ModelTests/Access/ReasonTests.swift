import GatehouseModel
import Testing

struct ReasonTests {
    /// The table of 03 § Decisions, in the order of checking.
    @Test func `reasons have the order, the status and the error of the contract`() {
        let lines = Reason.allCases.map {
            "\($0.rawValue) \($0.status) \($0.challenge.map { $0.error ?? "bare" } ?? "-")"
        }
        #expect(
            lines == [
                "state_stale 503 -",
                "token_missing 401 bare",
                "token_malformed 401 invalid_token",
                "token_expired 401 invalid_token",
                "application_unknown 401 invalid_token",
                "application_disabled 401 invalid_token",
                "token_revoked 401 invalid_token",
                "user_unknown 401 invalid_token",
                "user_inactive 401 invalid_token",
                "ip_unresolved 403 -",
                "ip_denied_general 403 -",
                "ip_denied_application 403 -",
                "route_unknown 403 -",
                "internal_rule_denied 403 -",
                "cross_site 403 -",
                "insufficient_scope 403 insufficient_scope",
                "permission_denied 403 -",
                "domain_denied 403 -",
            ])
    }

    @Test func `the first failed check is the reason`() {
        for (place, first) in Reason.allCases.enumerated() {
            var checks = Checks()
            for earlier in Reason.allCases[..<place] { checks[earlier] = place % 2 == 0 ? .pass : .skip }
            #expect(checks.reason == nil)
            for failed in Reason.allCases[place...] { checks[failed] = .fail }
            #expect(checks.reason == first)
            checks[first] = .pass
            #expect(checks.reason == Reason.allCases.dropFirst(place + 1).first)
            #expect(checks[first] == .pass)
            checks[first] = .skip
            #expect(checks[first] == .skip)
        }
    }
}
