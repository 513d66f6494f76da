import GatehouseModel
import TestSupport
import Testing

struct AddressRangeTests {
    @Test(arguments: [
        ("10.0.0.1", "10.0.0.1"), ("10.0.0.1/32", "10.0.0.1"), ("10.0.0.1-10.0.0.1", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.0/8"), ("10.0.0.0-10.255.255.255", "10.0.0.0/8"),
        ("10.0.0.1-10.0.0.2", "10.0.0.1-10.0.0.2"),
        ("10.0.0.1-10.0.0.4", "10.0.0.1-10.0.0.4"), ("0.0.0.0/0", "0.0.0.0/0"),
        ("0.0.0.0-255.255.255.255", "0.0.0.0/0"),
        ("::/0", "::/0"), ("2001:DB8::/32", "2001:db8::/32"), ("2001:db8::1/128", "2001:db8::1"),
        ("2001:db8::-2001:db8::ffff", "2001:db8::/112"), ("2001:db8::1-2001:db8::3", "2001:db8::1-2001:db8::3"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("::ffff:0.0.0.0/96", "0.0.0.0/0"),
        ("::ffff:10.0.0.1-10.0.0.3", "10.0.0.1-10.0.0.3"),
        ("::/80", "::/80"),
    ])
    func `a range has one canonical text`(text: String, canonical: String) throws {
        let range = try AddressRange(text)
        #expect(range.description == canonical)
        #expect(try AddressRange(canonical) == range)
    }

    @Test(arguments: [
        ("", "must be an IPv4 or IPv6 address"), ("10.0.0.0/", "has no prefix length"),
        ("/8", "must be an IPv4 or IPv6"),
        ("10.0.0.0/08", "“08” is not a plain"), ("10.0.0.0/+8", "“+8” is not a plain"),
        ("10.0.0.0/33", "not within 0 to 32"), ("::/129", "not within 0 to 128"), ("::/256", "“256” is not a plain"),
        ("::ffff:10.0.0.0/8", "not within 96 to 128"), ("10.0.0.0/255.0.0.0", "“255.0.0.0” is not a plain"),
        ("10.1.0.0/8", "the network is 10.0.0.0/8"), ("2001:db8::1/32", "the network is 2001:db8::/32"),
        ("010.0.0.1", "leading zeros"), ("10.0.0.1-10.0.0.09", "leading zeros"), ("fe80::1%eth0", "zone id"),
        ("10.0.0.9-10.0.0.1", "is reversed: 10.0.0.1"), ("10.0.0.1-::1", "mixes"), ("::-10.0.0.1", "mixes"),
        ("10.0.0.1-", "must be"), ("-10.0.0.1", "must be"), ("10.0.0.1 - 10.0.0.2", "is neither"),
        ("10.0.0.1,10.0.0.2", "is neither"), ("10.0.0.*", "is neither"),
        ("10.0.0.0/8-10.0.0.9", "has no prefix length"),
    ])
    func `a wrong range is refused with its reason`(text: String, reason: String) {
        let problem = #expect(throws: Problem.self) { try AddressRange(text) }
        #expect(problem?.detail.contains(reason) == true, "\(problem?.detail ?? "")")
    }

    @Test func `all of IPv4 is none of IPv6, and all of IPv6 none of IPv4`() throws {
        let everyIPv4 = try AddressRange("0.0.0.0/0")
        let everyIPv6 = try AddressRange("::/0")
        for (text, isIPv4) in [
            ("0.0.0.0", true), ("10.1.2.3", true), ("255.255.255.255", true), ("::ffff:10.1.2.3", true),
            ("::", false), ("::1", false), ("::fffe:ffff:ffff", false), ("::1:0:0:0", false), ("::10.1.2.3", false),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false),
        ] {
            let address = try Address(text)
            #expect(everyIPv4.contains(address) == isIPv4 && AddressRanges([everyIPv4]).contains(address) == isIPv4)
            #expect(everyIPv6.contains(address) != isIPv4 && AddressRanges([everyIPv6]).contains(address) != isIPv4)
        }
    }

    @Test func `equal ranges are duplicates however they are written`() throws {
        let list = { (texts: [String]) in try texts.map { try AddressRange($0) } }
        #expect(AddressRange.duplicate(in: try list(["10.0.0.0/8", "::1", "10.1.0.0/16"])) == nil)
        #expect(AddressRange.duplicate(in: try list(["10.0.0.0/8", "::1", "10.0.0.0-10.255.255.255"])) == 2)
        #expect(AddressRange.duplicate(in: try list(["10.0.0.1", "::ffff:10.0.0.1/128"])) == 1)
    }
}
