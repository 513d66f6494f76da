import GatehouseJSON
import GatehouseModel
import Testing

@Suite struct FieldsTests {
    /// A body as a route reads it: with a list, and a list of objects in it.
    private struct Body: Equatable {
        struct Range: JSONReadable, Hashable {
            let range: DomainName
            let note: Note

            init(json: JSON) throws(Problem) {
                var fields = try Fields(json)
                let range = fields.required("range", as: DomainName.self)
                let note = fields.optional("note", as: Note.self) ?? .empty
                guard let range, fields.areValid else { throw fields.problem }
                (self.range, self.note) = (range, note)
            }
        }

        let name: ApplicationName
        let flow: Flow
        let scopes: [Scope]
        let ranges: [Range]
        let enabled: Bool
        let owner: Patch<UserID>

        init(_ text: String) throws(Problem) {
            var fields = try Fields(parsing: Array(text.utf8))
            let name = fields.required("name", as: ApplicationName.self)
            let flow = fields.required("flow", as: Flow.self)
            let scopes = fields.required("scopes", as: [Scope].self, atMost: 3)
            let ranges = fields.optional("ip_ranges", as: [Range].self) ?? []
            let enabled = fields.optional("enabled") ?? true
            let owner = fields.nullable("owner", as: UserID.self)
            if scopes?.isEmpty == true { fields.refuse("scopes", "must not be empty") }
            guard let name, let flow, let scopes, fields.areValid else { throw fields.problem }
            (self.name, self.flow, self.scopes, self.ranges) = (name, flow, scopes, ranges)
            (self.enabled, self.owner) = (enabled, owner)
        }
    }

    private func errors(_ text: String, _ kind: ProblemKind = .validation) -> [String]? {
        do throws(Problem) {
            _ = try Body(text)
            return nil
        } catch {
            #expect(error.kind == kind)
            return error.errors.map { "\($0.field) \($0.detail)" }
        }
    }

    @Test func `a right body reads as a list of fields`() throws {
        let body = try Body(
            #"{"name":" Shop ","flow":"client_credentials","scopes":["a","b"],"ip_ranges":[{"range":"x.org","note":"n"}]}"#
        )
        #expect(body.name.text == "Shop")
        #expect(body.flow == .clientCredentials)
        #expect(body.scopes.text == "a b")
        #expect(body.ranges.map(\.note.text) == ["n"])
        #expect(body.enabled)
        #expect(body.owner == .keep)
    }

    @Test func `absent, null and a value are three things`() throws {
        let rest = #""name":"n","flow":"client_credentials","scopes":["a"]"#
        #expect(try Body("{\(rest)}").owner == .keep)
        #expect(try Body("{\(rest),\"owner\":null}").owner == .clear)
        #expect(try Body("{\(rest),\"owner\":\"system\"}").owner == .set(.system))
        #expect(Patch.keep.applied(to: 1) == 1)
        #expect(Patch.clear.applied(to: 1) == nil)
        #expect(Patch.set(2).applied(to: 1) == 2)
        #expect(errors("{\(rest),\"enabled\":null}") == ["enabled must not be null"])
        #expect(errors("{\(rest),\"owner\":1}") == ["owner must be a string"])
    }

    @Test func `every error is told, in the order of the fields`() {
        #expect(
            errors(
                #"{"scopes":["a","b c","a"],"flow":"none","enabled":1,"ip_ranges":[{"range":"x.org"},{"note":2},7]}"#)
                == [
                    "name is required", "flow must be one of authorization_code, client_credentials",
                    "scopes[1] must be a scope: 1 to 100 visible ASCII characters without \" and \\",
                    "scopes[2] is listed twice", "ip_ranges[1].range is required", "ip_ranges[1].note must be a string",
                    "ip_ranges[2] must be an object", "enabled must be true or false",
                ])
        #expect(
            errors(#"{"name":null,"flow":"client_credentials","scopes":[]}"#) == [
                "name must not be null", "scopes must not be empty",
            ])
        #expect(
            errors(#"{"name":"n","flow":"client_credentials","scopes":["a","b","c","d"],"ip_ranges":{}}"#) == [
                "scopes must have at most 3 elements", "ip_ranges must be a list",
            ])
    }

    @Test func `unknown members are malformed, at any depth, and come before all else`() {
        #expect(
            errors(#"{"nmae":"n","ip_ranges":[{"range":"x.org","notes":""}],"x":1}"#, .malformed) == [
                "ip_ranges[0].notes is unknown", "nmae is unknown", "x is unknown",
            ])
    }

    @Test(arguments: ["", "{", "[]", "null", "7", #"{"a":1,"a":1}"#, "{\"a\":\"\u{1}\"}"])
    func `what is no JSON object is malformed`(text: String) {
        #expect(errors(text, .malformed) == [])
    }

    @Test func `a thousand errors are told as a hundred`() {
        let scopes = (0..<1000).map { _ in "1" }.joined(separator: ",")
        #expect {
            var fields = try Fields(JSON(parsing: "{\"scopes\":[\(scopes)]}"))
            _ = fields.required("scopes", as: [Scope].self)
            try fields.finish()
        } throws: {
            ($0 as? Problem)?.errors.count == 100
        }
    }

    @Test func `a problem is problem+json, and its cause stays inside`() {
        let problem = Problem(
            .validation, "name is required (and 1 more)", errors: [.init(field: "name", detail: "is required")],
            extensions: ["reason": "x"], cause: JSON.Failure(reason: .unexpectedEnd, offset: 0))
        #expect(
            problem.json == [
                "type": "urn:gatehouse:problem:validation", "title": "Some fields are not valid", "status": 422,
                "detail": "name is required (and 1 more)", "errors": [["field": "name", "detail": "is required"]],
                "reason": "x",
            ])
        #expect(Problem(.notFound, "d").json.object?.names == ["type", "title", "status", "detail"])
        #expect(
            Problem(field: "a", "is b") == Problem(.validation, "a is b", errors: [.init(field: "a", detail: "is b")]))
        #expect(Problem(.conflict, "a") != Problem(.conflict, "b"))
        #expect(Set(ProblemKind.allCases.map(\.type)).count == ProblemKind.allCases.count)
    }
}
