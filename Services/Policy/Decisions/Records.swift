import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// Reads that are counted together: what one application did for one user on one route from one address within a second; or what the
/// user did alone.
struct CountedRead: Hashable {
    let user: Fact.User
    let application: Fact.Application?
    let route: String
    let address: Address?
    let second: Int64

    /// Enough to tell most of them apart, at little price.
    func hash(into hasher: inout Hasher) {
        hasher.combine(user.id.lo)
        hasher.combine(second)
        hasher.combine(route)
    }

    func fact(_ count: Int, _ since: Timestamp) -> OutgoingFact {
        OutgoingFact(call: .callsAllowed, by: user, through: application, route, address, count: count, at: since)
    }
}

/// Refusals of whoever did not prove who calls: a flood of them is a few events.
struct CountedRefusal: Hashable {
    let address: Address?
    let reason: Reason

    func fact(_ count: Int, _ since: Timestamp) -> OutgoingFact {
        let fact = Fact(
            by: nil, through: nil, .block, .api, [], outcome: .denied, reason: reason.rawValue, ip: address,
            count: Int64(count))
        let source = address?.text ?? "unknown"
        return OutgoingFact(.requestsBlocked, key: source, subject: source, data: fact.json, at: since)
    }
}

extension OutgoingFact {
    /// An allowed call; `id`: of its decision, where it is recorded alone.
    fileprivate init(
        call type: EventType, id: ID<Event>? = nil, by user: Fact.User, through application: Fact.Application?,
        _ route: String, _ address: Address?, name: String? = nil, count: Int? = nil, at now: Timestamp,
        in trace: Trace? = nil
    ) {
        let fact = Fact(
            by: user, through: application, .call, .api, [Fact.Object(route, name: name ?? route)], ip: address,
            count: count.map { Int64($0) })
        self.init(type, id: id, key: fact.key, subject: route, data: fact.json, at: now, in: trace)
    }

    /// An allowed call that is recorded before its answer.
    init(
        _ type: EventType, _ verdict: Verdict, _ identity: Identity, route: String, count: Int? = nil, in trace: Trace?
    ) {
        self.init(
            call: type, id: verdict.id, by: identity.user, through: identity.application, route, verdict.asked.client,
            name: "\(verdict.asked.method) \(verdict.asked.path)", count: count, at: verdict.moment.wall, in: trace)
    }

    /// A refusal of somebody who proved who calls.
    init(
        blocked verdict: Verdict, _ reason: Reason, _ caller: ProvenCaller, _ state: AccessState, in trace: Trace?
    ) {
        let asked = verdict.asked
        let decision = verdict.decision
        let route = state.label(of: decision)
        let user = state.user(of: decision)
        let checks = JSON.Object(
            Reason.allCases.map { ($0.rawValue, .string(decision.checks[$0].rawValue)) })
        var data: JSON.Object = [
            "decision_id": verdict.id.json, "reason": .string(reason.rawValue), "checks": .object(checks),
        ]
        data["application"] = caller.clientID.map { id -> JSON in
            ["client_id": id.json, "name": .string(state.application(of: decision)?.name ?? "")]
        }
        let rest: JSON.Object = [
            "user": ["id": (user?.id ?? caller.user).json, "name": .string(user?.name ?? "")],
            "request": [
                "method": .string(asked.method), "path": .string(asked.path),
                "route": route.map { .string($0) } ?? .null, "ip": asked.client?.json ?? .null,
                "forwarded": .array(asked.forwarded.map { .string($0) }),
                "request_id": asked.requestID.map { .string($0) } ?? .null,
            ],
            "revision": .string(verdict.revisions),
            "state_age_ms": verdict.age.map { .integer($0.milliseconds) } ?? .null,
        ]
        for (name, value) in rest.members { data[name] = value }
        self.init(
            .requestBlocked, id: verdict.id, key: caller.clientID?.text ?? caller.user.text,
            subject: route ?? asked.path, data: data,
            at: verdict.moment.wall, in: trace)
    }
}
