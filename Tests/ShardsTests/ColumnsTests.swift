import Diagnostics
import Shards
import Testing

@Suite struct ColumnsTests {
    static func payload() -> [UInt8] {
        var writer = Columns.Writer()
        writer.add("numbers", [1, 2, 3] as [UInt32])
        writer.add("sixteen bytes ok", [9] as [UInt8])
        writer.add("none", [] as [Float])
        return writer.payload()
    }

    @Test func columnsAreReadBack() throws {
        let reader = try Columns.Reader(Self.payload(), place: "p")
        #expect(try reader.column("numbers", as: UInt32.self) == [1, 2, 3])
        #expect(try reader.column("sixteen bytes ok", as: UInt8.self, count: 1) == [9])
        #expect(try reader.column("none", as: Float.self).isEmpty)
        #expect(!reader.has("other"))
        #expect(Self.payload().count % 8 == 0)
    }

    @Test func wrongColumnsAreNamed() throws {
        let reader = try Columns.Reader(Self.payload(), place: "p")
        #expect { try reader.column("other", as: UInt8.self) } throws: { "\($0)".contains("'other' is missing") }
        #expect { try reader.column("numbers", as: UInt64.self) } throws: {
            "\($0)".contains("4-byte elements instead of 8")
        }
        #expect { try reader.column("numbers", as: UInt32.self, count: 4) } throws: {
            "\($0)".contains("3 elements instead of 4")
        }
    }

    /// Every byte of the directory, one after the other, with several values: an error or numbers, never a crash.
    @Test func hostileDirectoriesNeverReadOutside() {
        let good = Self.payload()
        for index in 0..<8 + 3 * 40 {
            for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
                var damaged = good
                damaged[index] = value
                do {
                    let reader = try Columns.Reader(damaged, place: "p")
                    _ = try reader.column("numbers", as: UInt32.self)
                    _ = try reader.column("none", as: Float.self)
                } catch { #expect(error is Failure) }
            }
        }
        for count in 0..<good.count {
            do { _ = try Columns.Reader(Array(good[..<count]), place: "p").column("numbers", as: UInt32.self) } catch {
                #expect(error is Failure)
            }
        }
    }
}
