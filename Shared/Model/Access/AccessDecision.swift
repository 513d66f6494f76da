extension AccessState {
    /// Decides one request: a pure function of this state, the request and the moment.
    ///
    /// Every check that can be made is made, and its result recorded; the first failure, in the order of `Reason`, is
    /// the reason. `header` is asked only where a route says that a header states the domain.
    public func decide(
        _ request: AccessRequest, at moment: AccessMoment, header: (String) -> StatedParameter
    ) -> Decision {
        var decision = Decision()
        decision.check(.stateStale, moment.isFresh)
        guard moment.isFresh else { return decision }

        if case .session(let session) = request.credential {
            decide(session, request, at: moment, header, in: &decision)
            return decision
        }
        let token = present(request.credential, at: moment, in: &decision)
        if let token { identify(token, in: &decision) }
        locate(request.origin, in: &decision)
        guard let target = match(request, in: &decision) else { return decision }
        if let token { reach(token, request, target, header, in: &decision) }
        return decision
    }
}

// MARK: - The checks, in their order

extension AccessState {
    /// The token, if there is one of ours; an expired one still tells whose it was.
    private func present(
        _ credential: AccessRequest.Credential, at moment: AccessMoment, in decision: inout Decision
    ) -> AccessToken? {
        switch credential {
        case .unreadable:
            decision.check(.stateStale, false)
            return nil
        case .missing, .session:
            decision.check(.tokenMissing, false)
            return nil
        case .malformed:
            decision.check(.tokenMissing, true)
            decision.check(.tokenMalformed, false)
            return nil
        case .token(let token):
            decision.check(.tokenMissing, true)
            let isLive = isLive(key: token.claims.key, at: moment)
            decision.check(.tokenMalformed, isLive)
            guard isLive else { return nil }
            decision.check(.tokenExpired, moment.now < token.claims.expires + moment.leeway)
            return token
        }
    }

    /// What a key signed is believed only while the key lives.
    private func isLive(key: String, at moment: AccessMoment) -> Bool {
        guard let entry = keys[key], !entry.isDeleted else { return false }
        return moment.now < entry.expires + moment.leeway
    }

    private func identify(_ token: AccessToken, in decision: inout Decision) {
        let claims = token.claims
        decision.application = applications.place(of: token.client)
        let application = knownApplication(decision)
        let isInternal = application.map { $0.kind >= 0 } ?? false
        decision.user = users.place(of: isInternal ? .system : claims.user)
        let user = knownUser(decision)
        let userMinEpoch = isInternal ? nil : decision.user.map { users[$0].minEpoch }

        decision.check(.applicationUnknown, application != nil)
        if let application { decision.check(.applicationDisabled, application.isEnabled) }
        decision.check(
            .tokenRevoked,
            claims.epoch >= application?.minEpoch ?? .min && claims.userEpoch >= userMinEpoch ?? .min
                && !revocations.contains(.token(claims.id))
                && !(claims.grant.map { revocations.contains(.grant($0)) } ?? false))
        if isInternal { return }
        decision.check(.userUnknown, user != nil)
        if let user { decision.check(.userInactive, user.isActive) }
    }

    func locate(_ origin: AccessRequest.Origin, in decision: inout Decision) {
        switch origin {
        case .unstated:
            return
        case .unresolved:
            decision.check(.ipUnresolved, false)
        case .address(let address):
            decision.check(.ipUnresolved, true)
            decision.check(.ipDeniedGeneral, networks.isEmpty || networks.contains(address))
            guard let application = knownApplication(decision), application.kind < 0 else { return }
            decision.check(
                .ipDeniedApplication, application.ranges.isEmpty || application.ranges.contains(address))
        }
    }

    func match(_ request: AccessRequest, in decision: inout Decision) -> RequestTarget? {
        let target = RequestTarget(request.target)
        if let target, let method = Method(deciding: request.method) {
            decision.route = routes.find(method, target)
        }
        decision.check(.routeUnknown, decision.route != nil)
        return decision.route == nil ? nil : target
    }

    /// Internal applications go by the routes of their kind, all others by scope, permission and domain.
    private func reach(
        _ token: AccessToken, _ request: AccessRequest, _ target: RequestTarget, _ header: (String) -> StatedParameter,
        in decision: inout Decision
    ) {
        guard let route = decision.route else { return }
        let rule = routes.rules[route]
        let application = knownApplication(decision)
        if let application, application.kind >= 0 {
            decision.domains = DomainSets.all
            decision.check(.internalRuleDenied, routes.allows(route, kind: application.kind))
            return
        }
        if let application {
            decision.scopes = token.scopes(in: scopes).intersection(application.scopes).intersection(routes.scopes)
            decision.check(.insufficientScope, decision.scopes.contains(rule.scope))
        }
        guard let user = knownUser(decision) else { return }
        grant(user, rule, in: &decision)
        checkDomain(rule, request, target, header, in: &decision)
    }

    /// What the user may do, and whether the route asks for more.
    func grant(_ user: UserRow, _ rule: RouteRules.Rule, in decision: inout Decision) {
        decision.permissions = roleSets.permissions(of: user.roles).intersection(routes.permissions)
        decision.domains = user.domains
        decision.check(.permissionDenied, rule.permissions.allow(decision.permissions))
    }

    /// A user-defined application acts under no system user, whatever its token says.
    func knownUser(_ decision: Decision) -> UserRow? {
        guard let place = decision.user, !users[place].isDeleted, !users[place].key.isSystem else { return nil }
        return users[place]
    }

    private func knownApplication(_ decision: Decision) -> ApplicationRow? {
        guard let place = decision.application, !applications[place].isDeleted else { return nil }
        return applications[place]
    }
}

// MARK: - Domains

extension AccessState {
    func checkDomain(
        _ rule: RouteRules.Rule, _ request: AccessRequest, _ target: RequestTarget,
        _ header: (String) -> StatedParameter, in decision: inout Decision
    ) {
        guard rule.route.domainRule.applies(toWrite: rule.isWrite) else { return }
        switch rule.route.domainSource {
        case .none:
            return
        case .query(let name):
            decision.check(.domainDenied, allows(target.query(name), decision.domains))
        case .header(let name):
            decision.check(.domainDenied, allows(header(name), decision.domains))
        case .path:
            let stated = rule.parameter.map { StatedParameter.once(target.segment($0)) }
            decision.check(.domainDenied, allows(stated ?? .absent, decision.domains))
        case .object(let type, _):
            checkObject(type, rule, request, target, in: &decision)
        }
    }

    /// Who is limited must state a domain that is theirs; what is said twice is denied to everybody.
    private func allows(_ stated: StatedParameter, _ domains: UInt32) -> Bool {
        switch stated {
        case .ambiguous:
            return false
        case .absent:
            return domains == DomainSets.all
        case .once(let text):
            if domains == DomainSets.all { return true }
            guard let domain = try? DomainName(text) else { return false }
            return domainSets.contains(domain, in: domains)
        }
    }

    /// Only of users with limited domains the directory is asked (05-decisions).
    private func checkObject(
        _ type: ResourceType, _ rule: RouteRules.Rule, _ request: AccessRequest, _ target: RequestTarget,
        in decision: inout Decision
    ) {
        guard decision.domains != DomainSets.all else { return decision.check(.domainDenied, true) }
        switch request.objectDomains {
        case .unasked:
            // What cannot be an id was never registered.
            let id = rule.parameter.flatMap { try? ObjectID(target.segment($0)) }
            decision.object = id.map { ObjectReference(type: type, id: $0) }
            decision.check(.domainDenied, false)
        case .unreadable:
            decision.check(.stateStale, false)
        case .unknown:
            decision.check(.domainDenied, false)
        case .known(let domains):
            let isMine = { [mine = decision.domains] in domainSets.contains($0, in: mine) }
            decision.check(
                .domainDenied,
                rule.isWrite
                    ? !domains.isEmpty && domains.allSatisfy(isMine)
                    : domains.isEmpty || domains.contains(where: isMine))
        }
    }
}
