extension AccessState {
    /// A session opens our own routes alone: the organisation's API takes bearer tokens only (F16), so there it is as if there were none.
    ///
    /// Scopes bound applications; a user acts by permission and domain.
    func decide(
        _ session: AccessSession, _ request: AccessRequest, at moment: AccessMoment,
        _ header: (String) -> StatedParameter, in decision: inout Decision
    ) {
        locate(request.origin, in: &decision)
        let target = match(request, in: &decision)
        let rule = decision.route.map { routes.rules[$0] }
        if let rule, !rule.isOurs { return decision.check(.tokenMissing, false) }
        decision.check(.tokenMissing, true)
        decision.check(.tokenExpired, moment.now < session.expires)
        decision.user = users.place(of: session.user)
        let user = knownUser(decision)
        decision.check(
            .tokenRevoked, session.userEpoch >= decision.user.map { users[$0].minEpoch } ?? .min)
        decision.check(.userUnknown, user != nil)
        guard let user else { return }
        decision.check(.userInactive, user.isActive)
        guard let target, let rule else { return }
        if rule.isWrite { decision.check(.crossSite, session.isFromOurSite) }
        grant(user, rule, in: &decision)
        checkDomain(rule, request, target, header, in: &decision)
    }
}
