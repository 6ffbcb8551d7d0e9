// A forward-only reader of DER (X.690) that copies nothing: with primitives.h,
// the only code that touches untrusted bytes octet by octet.
//
// Style: reads are written one after the other, as the ASN.1 stands. The first
// failure is kept in the Trace and ends everything: from then on every read
// returns an empty Element and AtEnd() is true, so that loops end. One check of
// ok() at the end of a parser is enough; no value read after a failure is used.
//
// Lifetime: a Cursor borrows its input and its Trace. Thread-safety: one thread
// a Trace. Cost: constant a read. Not supported, because X.509 never uses them:
// tag numbers above 30, indefinite lengths (BER), lengths above 32 bits.
#ifndef REVSTAT_ENGINE_DER_CURSOR_H_
#define REVSTAT_ENGINE_DER_CURSOR_H_

#include <cstdint>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

namespace revstat::der {

// An identifier octet: class, constructed bit and number together.
using Tag = uint8_t;

constexpr Tag kBoolean = 0x01;
constexpr Tag kInteger = 0x02;
constexpr Tag kBitString = 0x03;
constexpr Tag kOctetString = 0x04;
constexpr Tag kNull = 0x05;
constexpr Tag kOid = 0x06;
constexpr Tag kEnumerated = 0x0a;
constexpr Tag kUtf8String = 0x0c;
constexpr Tag kPrintableString = 0x13;
constexpr Tag kTeletexString = 0x14;
constexpr Tag kIa5String = 0x16;
constexpr Tag kUtcTime = 0x17;
constexpr Tag kGeneralizedTime = 0x18;
constexpr Tag kVisibleString = 0x1a;
constexpr Tag kUniversalString = 0x1c;
constexpr Tag kBmpString = 0x1e;
constexpr Tag kSequence = 0x30;
constexpr Tag kSet = 0x31;

// [number] IMPLICIT of a primitive type, and [number] of a constructed one.
constexpr Tag ContextPrimitive(unsigned number) {
  return static_cast<Tag>(0x80 | number);
}
constexpr Tag ContextConstructed(unsigned number) {
  return static_cast<Tag>(0xa0 | number);
}

// One element: its content octets, and the whole of it. Borrowed.
struct Element {
  Tag tag = 0;
  Bytes value;
  Bytes tlv;

  bool present() const { return !tlv.empty(); }
};

// Where a parse began, and its first failure.
class Trace {
 public:
  explicit Trace(Bytes origin) : origin_(origin.data()) {}
  // The origin may itself lie `offset` octets into a larger input.
  Trace(Bytes origin, uint64_t offset)
      : origin_(origin.data()), origin_offset_(offset) {}

  bool ok() const { return error_.ok(); }
  const ParseError& error() const { return error_; }

  // Keeps the first failure only. `where` points into the origin.
  void Fail(ErrorCode code, const uint8_t* where, const char* field) {
    if (!ok()) return;
    const auto distance =
        where >= origin_ ? static_cast<uint64_t>(where - origin_) : 0;
    error_ = {code, origin_offset_ + distance, field};
  }

 private:
  const uint8_t* origin_;
  uint64_t origin_offset_ = 0;
  ParseError error_;
};

class Cursor {
 public:
  Cursor(Bytes input, Trace* trace)
      : position_(input.data()),
        end_(input.data() + input.size()),
        trace_(trace) {}

  bool ok() const { return trace_->ok(); }
  bool AtEnd() const { return position_ == end_ || !ok(); }
  Bytes rest() const { return {position_, end_}; }
  Trace* trace() const { return trace_; }

  // The identifier octet that comes next; 0, which no element has, at the end.
  Tag Peek() const { return AtEnd() ? Tag{0} : *position_; }

  // The next element, which must have this tag.
  Element Read(Tag tag, const char* field) {
    if (!ok()) return {};
    if (position_ == end_ || *position_ != tag) [[unlikely]] {
      Fail(
          position_ == end_ ? ErrorCode::kTruncated : ErrorCode::kUnexpectedTag,
          field);
      return {};
    }
    return ReadAny(field);
  }
  // The next element whatever its tag.
  Element ReadAny(const char* field) {
    if (!ok()) return {};
    // Inline what most elements are: a length of one octet.
    const auto available = static_cast<size_t>(end_ - position_);
    if (available < 2 || (position_[0] & 0x1f) == 0x1f ||
        position_[1] > available - 2 || position_[1] >= 0x80) {
      return ReadUnusual(field);
    }
    return Take(2, position_[1]);
  }
  // The next element if it has this tag; else an absent one, and nothing moves.
  Element ReadOptional(Tag tag, const char* field) {
    return Peek() == tag ? Read(tag, field) : Element{};
  }

  // Reads an element and hands a Cursor over its content to `body`, which must
  // consume all of it.
  template <class Body>
  Element Nested(Tag tag, const char* field, Body&& body) {
    const Element element = Read(tag, field);
    if (ok()) Consume(element.value, field, body);
    return element;
  }
  // The same where the element is optional.
  template <class Body>
  Element NestedOptional(Tag tag, const char* field, Body&& body) {
    return Peek() == tag ? Nested(tag, field, body) : Element{};
  }
  // Hands a Cursor over `content`, a part of this input, to `body`.
  template <class Body>
  void Consume(Bytes content, const char* field, Body&& body) {
    Cursor inner(content, trace_);
    body(inner);
    inner.ExpectEnd(field);
  }

  // Fails with kTrailingData unless everything has been read.
  void ExpectEnd(const char* field) {
    if (ok() && position_ != end_) Fail(ErrorCode::kTrailingData, field);
  }

  // Records a failure at the next octet, or at the start of `where`.
  void Fail(ErrorCode code, const char* field) {
    trace_->Fail(code, position_, field);
  }
  void FailAt(Bytes where, ErrorCode code, const char* field) {
    trace_->Fail(code, where.data(), field);
  }

 private:
  // A length of several octets, or a failure.
  Element ReadUnusual(const char* field);
  Element Take(size_t header_size, size_t content_size) {
    const Element element{position_[0],
                          {position_ + header_size, content_size},
                          {position_, header_size + content_size}};
    position_ += header_size + content_size;
    return element;
  }

  const uint8_t* position_;
  const uint8_t* end_;
  Trace* trace_;
};

}  // namespace revstat::der

#endif  // REVSTAT_ENGINE_DER_CURSOR_H_
