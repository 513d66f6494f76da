import GatehouseModel
import Testing

@Suite struct AuthorityTests {
    @Test func `scopes take every character of RFC 6749, and no other`() {
        for byte in UInt8.min...UInt8.max {
            let text = String(Unicode.Scalar(byte))
            let isScope = byte == 0x21 || (0x23...0x5B).contains(byte) || (0x5D...0x7E).contains(byte)
            #expect(((try? Scope(text)) != nil) == isScope, "\(byte)")
        }
        #expect(throws: Problem.self) { try Scope("") }
        #expect(throws: Problem.self) { try Scope(String(repeating: "x", count: 101)) }
    }

    @Test func `a list of scopes has single spaces`() throws {
        #expect(try Scope.list("read:segments write:segments read:segments").text == "read:segments write:segments")
        for text in ["", " ", " a", "a ", "a  b", "a\tb", "a,b\n"] {
            #expect(throws: Problem.self) { try Scope.list(text) }
        }
    }

    @Test(arguments: ["MANAGE_SEGMENTS", "A", "MANAGE_IP_BASED_ACCESS_SETTINGS", "LEVEL_2"])
    func `permissions`(text: String) throws {
        #expect(try Permission(text).text == text)
    }

    @Test(arguments: [
        "", "_", "manage", "Manage_Users", "A__B", "_A", "A_", "A B", "A-B", "2_LEVEL", "Ä", "A\n",
        String(repeating: "A", count: 101),
    ])
    func `what is no permission`(text: String) {
        #expect(throws: Problem.self) { try Permission(text) }
    }

    @Test func `revisions`() {
        let revisions = Revisions(registry: Revision(812), policy: Revision(97), token: Revision(33))
        #expect(revisions.description == "r812.p97.t33")
        #expect(Revisions().description == "r0.p0.t0")
        #expect(Revision(9) < Revision(10))
    }
}
