import GatehouseJSON
import Testing

@Suite struct ObjectTests {
    @Test func `members keep their order, and the order does not matter to equality`() {
        let left: JSON.Object = ["b": 1, "a": 2]
        let right: JSON.Object = ["a": 2, "b": 1]
        #expect(left.names == ["b", "a"])
        #expect(JSON.object(left).text == #"{"b":1,"a":2}"#)
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left != ["a": 2])
        #expect(left != ["a": 2, "c": 1])
        #expect(left != ["a": 2, "b": 2])
    }

    @Test func `setting replaces in place, appends, and nil removes; null is a value`() {
        var object: JSON.Object = ["a": 1, "b": 2]
        object["a"] = .null
        object["c"] = 3
        #expect(JSON.object(object).text == #"{"a":null,"b":2,"c":3}"#)
        object["a"] = nil
        object["missing"] = nil
        #expect(JSON.object(object).text == #"{"b":2,"c":3}"#)
    }

    @Test func `few and many members are found alike`() {
        var object = JSON.Object()
        for number in 0..<40 {
            object["n\(number)"] = .integer(Int64(number))
            #expect((0...number).allSatisfy { object["n\($0)"] == .integer(Int64($0)) })
            #expect(object["n\(number + 1)"] == nil)
        }
        for number in 0..<40 {
            object["n\(number)"] = nil
            #expect(object["n\(number)"] == nil)
            #expect((number + 1..<40).allSatisfy { object["n\($0)"] == .integer(Int64($0)) })
        }
        #expect(object.isEmpty)
    }

    @Test func `accessors give what is of their kind`() {
        let json: JSON = ["list": [1, "two", 3.5, true, nil], "none": nil]
        #expect(json["list"]?[0]?.integer == 1)
        #expect(json["list"]?[0]?.number == 1)
        #expect(json["list"]?[1]?.string == "two")
        #expect(json["list"]?[2]?.number == 3.5)
        #expect(json["list"]?[2]?.integer == nil)
        #expect(json["list"]?[3]?.bool == true)
        #expect(json["list"]?[4]?.isNull == true)
        #expect(json["list"]?[5] == nil)
        #expect(json["list"]?["x"] == nil)
        #expect(json["none"] == .null)
        #expect(json["absent"] == nil)
        #expect(json["list"]?.array?.count == 5)
        #expect(json.object?.names == ["list", "none"])
        #expect(json.string == nil)
        #expect(json[0] == nil)
    }
}
