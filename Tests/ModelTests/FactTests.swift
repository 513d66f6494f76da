import GatehouseJSON
import GatehouseModel
import Testing

@Suite struct FactTests {
    private let clientID = "0123456789abcdefghijABCDEFGHIJxy"
    private let userID = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

    private func fact() throws -> Fact {
        try Fact(
            by: Fact.User(UserID(userID), name: "Ann"),
            through: Fact.Application(ClientID(clientID), name: "Shop sync"),
            .update, .oauthApplication, [Fact.Object(clientID, name: "Shop sync")], ip: Address("203.0.113.7"),
            changes: [FieldChange("name", from: "Shop", to: "Shop sync")])
    }

    @Test func `the data of a fact, as consumers are promised`() throws {
        var fact = try fact()
        #expect(
            JSON.object(fact.json).text
                == #"{"user":{"id":"\#(userID)","name":"Ann"},"application":{"client_id":"\#(clientID)","name":"Shop sync"},"#
                + #""operation":"UPDATE","object_type":"OAUTH_APPLICATION","objects":[{"id":"\#(clientID)","name":"Shop sync"}],"#
                + #""outcome":"allowed","ip":"203.0.113.7","changes":[{"field":"name","from":"Shop","to":"Shop sync"}]}"#
        )
        #expect(fact.key == userID)
        fact.user = nil
        #expect(fact.key == clientID)
        fact.application = nil
        #expect(fact.key == "203.0.113.7")
        #expect(fact.json["user"] == nil)
        #expect(fact.json["application"] == nil)
    }

    @Test func `what is written is read back, and stamped data too`() throws {
        var fact = try fact()
        #expect(try Fact(fact.json) == fact)
        fact.reason = "wrong_password"
        fact.outcome = .failed
        fact.count = 12
        fact.changes = []
        fact.objects = [Fact.Object("a", name: ""), Fact.Object("a", name: "")]
        fact.revision = Revision(812)
        fact.incarnation = ID(hi: 1, lo: 2)
        #expect(try Fact(fact.json) == fact)
        #expect(fact.json["revision"] == 812)
        #expect(try Fact(["operation": "CALL", "object_type": "API", "outcome": "allowed"]).user == nil)
    }

    @Test func `names and members of later versions are read`() throws {
        var data = try fact().json
        data["operation"] = "TELEPORT"
        data["object_type"] = "STARSHIP"
        data["outcome"] = "undecided"
        data["sequence"] = 7
        data["user"] = ["id": "system", "name": "system", "rank": 1]
        let fact = try Fact(data)
        #expect(fact.operation.text == "TELEPORT")
        #expect(fact.objectType == ObjectType("STARSHIP"))
        #expect(fact.outcome.text == "undecided")
        #expect(fact.user?.id == .system)
    }

    @Test func `a wrong fact is refused by its fields`() throws {
        #expect {
            try Fact([
                "user": ["id": "x"], "application": 1, "operation": 2, "object_type": "API", "objects": [["id": 1]],
            ])
        } throws: {
            ($0 as? Problem)?.errors.map(\.field) == [
                "user.id", "application", "operation", "objects[0].id", "outcome",
            ]
        }
    }

    @Test func `the names of the contract`() {
        #expect(
            Operation.known.map(\.text) == [
                "CREATE", "UPDATE", "DELETE", "ROTATE", "REVOKE", "ISSUE", "REFRESH", "AUTHORIZE", "LOGIN", "LOGOUT",
                "LOGIN_FAILED", "CALL", "BLOCK",
            ])
        #expect(
            ObjectType.known.map(\.text) == [
                "OAUTH_APPLICATION", "OAUTH_TOKEN", "IP_RANGE", "USER", "ROLE", "DOMAIN", "CATALOGUE", "API",
            ])
        #expect(Outcome.known.map(\.text) == ["allowed", "denied", "failed"])
    }

    @Test func `changes are told, redacted where they must be`() {
        let old: JSON.Object = ["name": "a", "email": "a@b.c", "same": [1], "gone": 1]
        let new: JSON.Object = ["name": "b", "email": "d@e.f", "same": [1], "new": nil, "list": [1]]
        #expect(
            FieldChange.between(old, new, redacting: ["email"]) == [
                FieldChange("name", from: "a", to: "b"), FieldChange(redacting: "email"),
                FieldChange("list", from: nil, to: [1]), FieldChange("gone", from: 1, to: nil),
            ])
        #expect(
            FieldChange(redacting: "email").json.text == #"{"field":"email","from":"[redacted]","to":"[redacted]"}"#)
        #expect(FieldChange.between(new, new).isEmpty)
    }
}
