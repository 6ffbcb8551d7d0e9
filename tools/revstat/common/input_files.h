// Files as users have them: PEM or DER, one object or many, told apart by
// content and not by name.
#ifndef REVSTAT_TOOLS_REVSTAT_COMMON_INPUT_FILES_H_
#define REVSTAT_TOOLS_REVSTAT_COMMON_INPUT_FILES_H_

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/buffer.h"
#include "engine/base/bytes.h"
#include "engine/x509/pem.h"

namespace revstat::tool {

enum class ContentKind {
  kPem,           // one block or many
  kCertificate,   // DER, one or many one after the other
  kCrl,           // DER
  kOcspResponse,  // DER
  kOcspRequest,   // DER
  kPkcs7,         // DER SignedData that carries certificates
  kPkcs12,        // which is not opened
  kList,          // CSV or TSV with a header that names issuer and serial
  kOther,
};

// Enough of a file to tell what it is.
inline constexpr size_t kHeadBytes = size_t{1} << 16;

// By the first octets of a file.
ContentKind DetectContent(Bytes head);
// Reads until `octets` is full or there is no more. *used is how many it read,
// also where it fails.
absl::Status ReadFull(int descriptor, std::span<uint8_t> octets, size_t* used);
// Up to kHeadBytes, from where the descriptor stands; fewer are all there is.
absl::StatusOr<std::string> ReadHead(int descriptor);
// Whether the name ends in one of these (".pem"), in letters of any case.
bool HasExtension(const std::string& path,
                  std::span<const std::string_view> extensions);

// What ForEachObject finds.
enum class ObjectKind { kCertificate, kCrl, kOcspResponse, kOcspRequest };
// Of DER; a PKCS#7 has certificates.
ObjectKind ObjectKindOf(ContentKind kind);
struct Object {
  ObjectKind kind;
  Bytes der;        // valid during the visit only
  uint64_t offset;  // where the object begins in the file
};

// An object where it lies in a file, or a part of the file that cannot be read.
struct FoundObject {
  enum class Form {
    kDer,
    kBase64,
    kTrustedBase64,  // OpenSSL's CertAux may be behind the certificate
  };
  ObjectKind kind = ObjectKind::kCertificate;
  Form form = Form::kDer;
  uint64_t offset = 0;
  Bytes in_file;       // DER or base64; borrows the file
  std::string opened;  // where not empty, the DER instead: from a PKCS#7
  absl::Status problem;
};

// The DER of an object; base64 is decoded into *storage, which the result then
// borrows. Fails with what is wrong with the object.
absl::StatusOr<Bytes> DerOf(const FoundObject& object, std::string* storage);

// Walks a file's objects without decoding them: fast, so that threads can share
// the rest of the work. Only a PKCS#7 is opened, since what is in it counts.
// Other PEM blocks (keys) are passed over, but for those of unknown labels with
// what may be a certificate in it. Borrows the file. Not thread-safe.
class ObjectReader {
 public:
  // A whole file.
  explicit ObjectReader(Bytes file);
  // Octets of a file of that kind, which begin at `offset` of it. Where it goes
  // on behind them, Next() keeps back what that may change: see rest().
  // `state` is what the reader of the octets before said.
  ObjectReader(Bytes octets, ContentKind kind, uint64_t offset, bool goes_on,
               PemReader::State state);

  // The next object or part that cannot be read; goes on behind the latter
  // where that is possible. Nothing at the end.
  std::optional<FoundObject> Next();

  // At the end: where in the octets begins what was kept back, to be read again
  // with what comes behind it; their size if nothing was.
  size_t rest() const { return rest_; }
  // At the end: whether what Next() gave last cannot be gone behind, so that
  // nothing of the file is read any more.
  bool has_given_up() const { return has_given_up_; }
  // At the end: for the reader of rest() and what comes behind it.
  PemReader::State state() const { return pem_.StateAt(rest_); }

 private:
  std::optional<FoundObject> NextInPem();
  std::optional<FoundObject> NextInDer();
  // The certificates of a SignedData, for Next to give out.
  void OpenPkcs7(Bytes der, uint64_t offset);

  const Bytes octets_;
  const ContentKind kind_;
  const uint64_t offset_;  // of the octets in the file
  const bool goes_on_;
  PemReader pem_;
  size_t der_position_ = 0;
  bool at_end_ = false;
  size_t rest_;
  bool has_given_up_ = false;
  std::deque<FoundObject> queued_;
};

// Calls visit(const Object&) for each certificate, CRL, OCSP response and
// request of a file's bytes and
// `broken(offset, status)` for each part that cannot be read; goes on behind
// it where that is possible. Other PEM blocks (keys) are passed over.
void ForEachObject(
    Bytes file, const std::function<void(const Object&)>& visit,
    const std::function<void(uint64_t, const absl::Status&)>& broken);

// True for a file of one DER object or one PEM block that is no PKCS#7.
bool HoldsOneObject(Bytes file);

// All objects of one kind in a file, "-" for standard input, each in a Buffer
// of its own; a DER CRL that fills its file is not copied. Fails when any part
// cannot be read or nothing of that kind is there.
using Buffers = std::vector<std::shared_ptr<const Buffer>>;
absl::StatusOr<Buffers> ReadObjects(const std::string& path, ObjectKind kind,
                                    uint64_t max_bytes);
// What messages call one of `count` objects: "ca.pem:2" the second, and
// "ca.pem" an only one.
std::string NameOfObject(const std::string& file, size_t index, size_t count);

// visit(file, objects) with what ReadObjects gives: of `path` itself or, where
// that is a folder, of each file in it, in the order of names. There files of
// other things are passed over, but for `path`, to say that none has any: what
// is readable and of another kind; and by their heads, whatever their size,
// those of no kind that is known, unless they are named like ours (.crl, .pem,
// .der, .cer, .crt, .ors, .p7b, .p7c), as failed downloads are. Folders below
// it are not looked into.
void ReadObjectsIn(const std::string& path, ObjectKind kind, uint64_t max_bytes,
                   const std::function<void(const std::string& file,
                                            absl::StatusOr<Buffers>)>& visit);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_COMMON_INPUT_FILES_H_
