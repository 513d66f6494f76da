import GatehouseModel
import Testing

@Suite struct TopicTests {
    @Test(
        arguments: [
            (.applications, "gatehouse.applications.v1", .registry, 1),
            (.secretRotations, "gatehouse.secret-rotations.v1", .registry, 1),
            (.access, "gatehouse.access.v1", .policy, 1),
            (.revocations, "gatehouse.revocations.v1", .token, 1), (.tokens, "gatehouse.tokens.v1", .token, 6),
            (.calls, "gatehouse.calls.v1", .policy, 6), (.blockedRequests, "gatehouse.blocked-requests.v1", .policy, 6),
            (.audit, "gatehouse.audit.v1", .audit, 6),
        ] as [(Topic, String, ServiceName, Int)])
    func `topics are those of the contract`(topic: Topic, name: String, owner: ServiceName, partitions: Int) {
        #expect(topic.name == name)
        #expect(topic.owner == owner)
        #expect(topic.partitions == partitions)
        #expect(Topic(name: name) == topic)
        #expect("gatehouse.\(topic.aggregateType).v1" == name)
    }

    @Test func `every topic is in the table above, and no other name is a topic`() {
        #expect(Topic.allCases.count == 8)
        for name in ["", "gatehouse.audit.v2", "audit", "gatehouse.nothing.v1"] { #expect(Topic(name: name) == nil) }
    }

    @Test(
        arguments: [
            (
                .applications,
                [
                    "application.created", "application.updated", "application.enabled", "application.disabled",
                    "application.deleted",
                ]
            ),
            (.secretRotations, ["secret.rotated", "application.tokens-revoked"]),
            (
                .access,
                [
                    "user.created", "user.updated", "user.deleted", "role.created", "role.updated", "role.deleted",
                    "domain.created",
                    "domain.deleted", "ip-ranges.updated", "catalogue.updated", "object.created", "object.updated",
                    "object.deleted",
                ]
            ),
            (.revocations, ["grant.revoked", "token.revoked", "family.revoked"]),
            (
                .tokens,
                [
                    "token.issued", "token.refreshed", "tokens.issued", "consent.given", "consent.denied",
                    "user.signed-in",
                    "user.signed-out", "user.sign-in-failed", "user.invited", "user.password-changed",
                    "client.authentication-failed",
                ]
            ),
            (.calls, ["call.allowed", "calls.allowed"]), (.blockedRequests, ["request.blocked", "requests.blocked"]),
            (.audit, []),
        ] as [(Topic, [String])])
    func `each fact stands on one topic`(topic: Topic, facts: [String]) {
        #expect(EventType.allCases.filter { $0.topic == topic }.map(\.name) == facts.map { "gatehouse.\($0)" })
        for fact in facts {
            #expect(EventType(name: "gatehouse.\(fact)")?.rawValue == fact)
            #expect(EventType(name: fact) == nil)
        }
    }
}
