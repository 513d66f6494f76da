import Foundation
import GatehouseModel
import TestSupport
import Testing

struct AddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("::", "::"), ("::1", "::1"), ("2001:DB8::00A0", "2001:db8::a0"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::ffff:10.1.2.3", "10.1.2.3"), ("::FFFF:a01:203", "10.1.2.3"), ("0:0:0:0:0:ffff:10.1.2.3", "10.1.2.3"),
        ("::10.1.2.3", "::a01:203"), ("64:ff9b::10.1.2.3", "64:ff9b::a01:203"), ("2002:a01:203::", "2002:a01:203::"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ])
    func `an address has one canonical text`(text: String, canonical: String) throws {
        let address = try Address(text)
        #expect(address.description == canonical)
        #expect(try Address(canonical) == address)
        #expect(Address(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4 ", " 1.2.3.4", "01.2.3.4", "1.2.3.00", "1..2.3",
        "1.2.3.",
        ".1.2.3", "0x7f.1.1.1", "1.2.3.-4", "+1.2.3.4", "1.2.3.４", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7::8", "::1::", "12345::", "g::", "fe80::1%eth0", "::1%", "[::1]", "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3.04", "1.2.3.4::", "::1.2.3.4:5", "1:", ":1", "::1:", "1.2.3.4/32", "localhost",
    ])
    func `what is not strictly an address is none`(text: String) {
        #expect(throws: Problem.self) { try Address(text) }
    }

    @Test func `sixteen bytes are an address, others are not`() {
        #expect(Address(bytes: [UInt8](repeating: 0, count: 15)) == nil)
        #expect(Address(bytes: [UInt8](repeating: 0, count: 17)) == nil)
        #expect(Address(bytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 1, 2, 3])?.description == "10.1.2.3")
    }

    @Test func `Python's ipaddress agrees on texts, networks and membership`() throws {
        var seen: [String: Int] = [:]
        for row in try AddressTable.rows() {
            seen[row[0], default: 0] += 1
            switch row[0] {
            case "address":
                #expect(((try? Address(row[1]))?.description ?? "-") == row[2], "\(row)")
            case "network":
                #expect(((try? AddressRange(row[1]))?.description ?? "-") == row[2], "\(row)")
            case "inside":
                let address = try Address(row[2])
                let range = try AddressRange(row[1])
                #expect(range.contains(address) == (row[3] == "yes"), "\(row)")
                #expect(AddressRanges([range]).contains(address) == (row[3] == "yes"), "\(row)")
            case "ranges":
                let parts = try row[3].split(separator: " ").map { try AddressRange(String($0)) }
                #expect(try AddressRanges(parts) == AddressRanges([AddressRange("\(row[1])-\(row[2])")]), "\(row)")
                if parts.count == 1 { #expect(try AddressRange("\(row[1])-\(row[2])") == parts[0]) }
            default:
                Issue.record("unknown row \(row)")
            }
        }
        #expect(seen.count == 4 && seen.values.allSatisfy { $0 > 50 })
    }
}

/// The rows that `addresses.py` wrote.
enum AddressTable {
    static func rows() throws -> [[String]] {
        let table = try #require(
            Bundle.module.url(forResource: "addresses", withExtension: "tsv", subdirectory: "Tables"))
        return try String(contentsOf: table, encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }
}
