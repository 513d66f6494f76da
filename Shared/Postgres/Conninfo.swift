import CLibPQ

/// A connection string, as a URL or as `keyword=value …`, taken apart.
struct Conninfo {
    /// Where a server may be: one address of one of the hosts.
    typealias Candidate = [(keyword: String, value: String)]
    private var values: [String: String] = [:]

    init(parsing text: String) throws(PostgresError) {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &message) else {
            defer { PQfreemem(message) }
            throw .unavailable(Link.line(message))
        }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
    }

    /// Sets what the string itself leaves open.
    mutating func complete(_ keyword: String, _ value: String) {
        if values[keyword] == nil { values[keyword] = value }
    }

    mutating func append(option: String, _ value: some CustomStringConvertible) {
        let before = values["options"].map { $0 + " " } ?? ""
        values["options"] = "\(before)-c \(option)=\(value)"
    }

    /// In the order of the string. Names are looked up here, so that connecting does not block.
    var candidates: [Candidate] {
        get async throws(PostgresError) {
            guard let hosts = list("host"), values["hostaddr"] == nil else { return [values.map { ($0, $1) }] }
            let ports = list("port") ?? ["5432"]
            var candidates: [Candidate] = []
            var failure: PostgresError?
            for (index, host) in hosts.enumerated() {
                var values = values
                values["host"] = host
                values["port"] = index < ports.count ? ports[index] : ports[0]
                if host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") {
                    candidates.append(values.map { ($0, $1) })
                    continue
                }
                do {
                    for address in try await Resolver.addresses(of: host) {
                        values["hostaddr"] = address
                        candidates.append(values.map { ($0, $1) })
                    }
                } catch {
                    failure = error
                }
            }
            if candidates.isEmpty, let failure { throw failure }
            return candidates
        }
    }

    private func list(_ keyword: String) -> [String]? {
        values[keyword].map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }
}
