import GatehouseJSON
import GatehouseModel
import Testing

struct DomainsTests {
    @Test func `all contain every domain and all domains, some only theirs`() throws {
        let (shop, news) = (try DomainName("shop.example.com"), try DomainName("news.example.com"))
        #expect(Domains.all.contains(shop) && Domains.all.contains(.all) && Domains.all.contains(.none))
        #expect(Domains.some([shop]).contains(shop) && !Domains.some([shop]).contains(news))
        #expect(Domains.some([shop, news]).contains(.some([news])) && Domains.some([shop]).contains(.none))
        #expect(!Domains.some([shop]).contains(.some([shop, news])) && !Domains.some([shop, news]).contains(.all))
    }

    @Test(arguments: [
        (#""all""#, "*"), ("[]", ""),
        (#"["shop.example.com","News.example.com"]"#, "news.example.com shop.example.com"),
    ])
    func `they are read from JSON, and written for a header`(json: String, text: String) throws {
        let domains = try Domains(json: JSON(parsing: Array(json.utf8)))
        #expect(domains.description == text)
        #expect(try Domains(json: domains.json) == domains)
    }

    @Test(arguments: [#""some""#, "null", "{}", "[1]", #"["no domain"]"#, #"["a.example.com","A.example.com"]"#])
    func `other JSON is refused`(json: String) {
        #expect(throws: Problem.self) { try Domains(json: JSON(parsing: Array(json.utf8))) }
    }

    @Test func `two hundred names pass, one more or more bytes than a header holds do not`() throws {
        let names = { (count: Int, length: Int) -> JSON in
            .array((0..<count).map { .string(String(repeating: "x", count: length) + "\(100 + $0).example.com") })
        }
        #expect(try Domains(json: names(200, 1)).names?.count == 200)
        #expect(throws: Problem.self) { try Domains(json: names(201, 1)) }
        #expect(throws: Problem.self) { try Domains(json: names(200, 30)) }
    }
}
