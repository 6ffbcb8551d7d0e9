#include "tools/revstat/check/answer_session.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "engine/base/error.h"
#include "tools/revstat/check/bundle_reader.h"
#include "tools/revstat/check/decimal_serial.h"
#include "tools/revstat/check/ordered_work.h"
#include "tools/revstat/common/input_files.h"

namespace revstat::tool {
namespace {

static_assert(kHeadBytes <= ListReader::kBlockBytes);

uint64_t SizeOf(int descriptor) {
  struct stat info = {};
  return fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode)
             ? static_cast<uint64_t>(info.st_size)
             : 0;
}

// A folder of certificates and lists has other files in it, too; but not by
// these names.
bool IsNamedLikeCertificates(const std::string& path) {
  constexpr std::array<std::string_view, 10> kExtensions = {
      ".pem", ".cer", ".crt", ".der", ".p7b",
      ".p7c", ".p12", ".pfx", ".csv", ".tsv"};
  return HasExtension(path, kExtensions);
}

constexpr std::string_view kIsCrl =
    "is a CRL, not a certificate; give it with --crl";
constexpr std::string_view kIsOcspResponse =
    "is an OCSP response, not a certificate; give it with --ocsp";

// Why there are no certificates in content of this kind.
std::string_view WhyUnread(ContentKind kind, std::string_view head) {
  switch (kind) {
    case ContentKind::kCrl:
      return kIsCrl;
    case ContentKind::kOcspResponse:
      return kIsOcspResponse;
    case ContentKind::kPkcs12:
      return "is a PKCS#12: take its certificates out with `openssl pkcs12 "
             "-nokeys`";
    default:
      break;
  }
  if (head.empty()) return "is empty";
  // By the byte order mark that Windows writes.
  if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff"))
    return "is text in UTF-16; save it in UTF-8";
  return "neither a certificate (PEM, DER, PKCS#7) nor a list with a header "
         "that names issuer and serial";
}

// What people take for a certificate, by its label; empty where it is none of
// these.
std::string_view OtherContentOf(Bytes pem) {
  PemReader reader(pem);
  while (const auto block = reader.Next()) {
    const std::string_view label = block->label;
    if (label.ends_with("PRIVATE KEY"))
      return "a private key, not a certificate";
    if (label.ends_with("PUBLIC KEY")) return "a public key, not a certificate";
    if (label.ends_with("CERTIFICATE REQUEST"))
      return "a certificate request, not a certificate";
    if (label == "X509 CRL") return kIsCrl;
    if (label == "OCSP RESPONSE") return kIsOcspResponse;
  }
  return "";
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += Concat({text.empty() ? "" : ", ", name});
  return text;
}

// A block's results, and where it began in the input.
struct Finished {
  Results results;
  uint64_t offset = 0;
};

}  // namespace

void AnswerSession::Begin() {
  TextBuffer text;
  first_.writer().Begin(&text);
  output_->Write(text.view());
}

void AnswerSession::End(double seconds) {
  TextBuffer text;
  first_.writer().End(tally_, seconds, &text);
  output_->Write(text.view());
}

void AnswerSession::Answer(const std::string& input) {
  const uint64_t unreadable_before = tally_.unreadable;
  const uint64_t rows_before = tally_.total();
  reported_ = 0;
  skipped_ = 0;
  skipped_names_.clear();
  links_ = 0;
  has_list_ = false;
  other_content_ = {};
  std::error_code error;
  if (input == "-") {
    AnswerDescriptor(STDIN_FILENO, input, From::kCommandLine);
  } else if (std::filesystem::is_directory(input, error)) {
    AnswerFolder(input);
    other_content_ = {};  // of one file
  } else {
    AnswerFile(input, From::kCommandLine);
  }
  const uint64_t unreadable = tally_.unreadable - unreadable_before;
  if (unreadable > reported_) {
    Report(Concat({input, ": ", WithCommas(unreadable - reported_),
                   " more could not be read"}));
  }
  if (skipped_ > 0) {
    const bool are_all_named = skipped_ == skipped_names_.size();
    Report(Concat({input, ": ", WithCommas(skipped_),
                   skipped_ == 1 ? " file is" : " files are",
                   " neither certificate nor list: ", Joined(skipped_names_),
                   are_all_named ? "" : ", ..."}));
  }
  if (links_ > 0) {
    Report(Concat({input, ": ", WithCommas(links_),
                   links_ == 1 ? " link to a folder is not followed"
                               : " links to folders are not followed"}));
  }
  // Whoever asks about nothing has most likely asked wrongly; but a list that
  // was made by a program may well be empty.
  if (tally_.total() == rows_before && !has_list_ && output_->status().ok()) {
    AddUnreadable(input, other_content_.empty() ? "no certificate in it"
                                                : other_content_);
  }
}

void AnswerSession::AnswerFolder(const std::string& path) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  // Not a recursive iterator, which gives up where one folder cannot be read.
  std::vector<std::string> folders = {path};
  while (!folders.empty()) {
    const std::string folder = std::move(folders.back());
    folders.pop_back();
    std::error_code error;
    fs::directory_iterator walk(folder, error);
    for (; !error && walk != fs::directory_iterator(); walk.increment(error)) {
      std::error_code ignored;
      if (walk->is_directory(ignored)) {
        if (walk->is_symlink(ignored)) {
          ++links_;
        } else {
          folders.push_back(walk->path().string());
        }
      } else if (walk->is_regular_file(ignored) ||
                 (walk->is_symlink(ignored) && !walk->exists(ignored))) {
        // A link that leads nowhere is reported; one to a pipe is no file.
        files.push_back(walk->path().string());
      }
    }
    if (error) AddUnreadable(folder, error.message());
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    if (!output_->status().ok()) break;
    AnswerFile(file, From::kFolder);
  }
}

void AnswerSession::AnswerFile(const std::string& path, From from) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return AddUnreadable(path, std::strerror(errno));
  AnswerDescriptor(descriptor, path, from);
  close(descriptor);
}

void AnswerSession::AnswerDescriptor(int descriptor, const std::string& name,
                                     From from) {
  auto head = ReadHead(descriptor);
  if (!head.ok()) return AddUnreadable(name, MessageOf(head.status()));
  const ContentKind kind = DetectContent(BytesOf(*head));
  const bool is_meant_for_one =
      (kind == ContentKind::kOther || kind == ContentKind::kPkcs12) &&
      IsNamedLikeCertificates(name);
  const bool no_certificates =
      kind == ContentKind::kOther || kind == ContentKind::kPkcs12 ||
      kind == ContentKind::kCrl || kind == ContentKind::kOcspResponse ||
      kind == ContentKind::kOcspRequest;
  if (no_certificates && from == From::kFolder && !is_meant_for_one) {
    constexpr size_t kMostNames = 3;
    if (skipped_++ < kMostNames) skipped_names_.push_back(name);
    return;
  }
  if (kind == ContentKind::kList) {
    return AnswerList(descriptor, name, *std::move(head), SizeOf(descriptor));
  }
  if (no_certificates) return AddUnreadable(name, WhyUnread(kind, *head));
  AnswerBundle(descriptor, name, *std::move(head), SizeOf(descriptor));
}

void AnswerSession::AnswerBundle(int descriptor, const std::string& name,
                                 std::string head, uint64_t size) {
  struct Worker {
    RowAnswerer& answerer;
    BundleBlock block;
    uint64_t first_position;
  };
  Worker first{first_, {}, 0};
  Worker second{second_, {}, 0};
  Progress progress(name, size);
  const bool is_one_block = head.size() < kHeadBytes ||
                            (size > 0 && size <= BundleReader::kBlockBytes);
  BundleReader reader(descriptor, std::move(head));
  absl::Status read;
  uint64_t position = 0;
  bool is_alone = false;
  std::string unused;
  std::atomic<bool> is_output_broken = false;
  const auto take = [&](Worker& worker) {
    if (is_output_broken.load(std::memory_order_relaxed)) return false;
    const auto taken = reader.Take(&worker.block);
    read = taken.status();
    if (!taken.ok() || !*taken) return false;
    // A file of one certificate needs no number behind its name.
    if (worker.block.is_all()) is_alone = HoldsOneObject(worker.block.octets());
    // A CRL is not asked about; but one that cannot be read is reported.
    auto& objects = worker.block.objects();
    std::erase_if(objects, [&](const FoundObject& found) {
      return found.kind != ObjectKind::kCertificate &&
             DerOf(found, &unused).ok();
    });
    worker.first_position = position + 1;
    position += objects.size();
    if (position == 0 && other_content_.empty())
      other_content_ = OtherContentOf(worker.block.octets());
    return true;
  };
  const auto work = [&](Worker& worker, Finished& finished) {
    uint64_t at = worker.first_position;
    for (const FoundObject& object : worker.block.objects())
      worker.answerer.AddObject(object, name, is_alone ? 0 : at++);
    worker.answerer.Finish();
    finished.offset = worker.block.offset();
    std::swap(finished.results, worker.answerer.results());
  };
  const auto put = [&](Finished& finished) {
    Put(finished.results);
    progress.Update(finished.offset, tally_.total());
    if (!output_->status().ok())
      is_output_broken.store(true, std::memory_order_relaxed);
  };
  WorkInOrder<Finished>(is_one_block ? Threads::kOne : threads_, first, second,
                        take, work, put);
  if (!read.ok()) AddBrokenOff(name, read);
}

void AnswerSession::AnswerList(int descriptor, const std::string& name,
                               std::string head, uint64_t size) {
  const auto columns = ListColumns::FromHeader(head);
  if (!columns.ok()) return AddUnreadable(name, MessageOf(columns.status()));
  has_list_ = true;
  if (!columns->unused().empty()) {
    Report(Concat({name, ": not used: the column",
                   columns->unused().size() > 1 ? "s " : " ",
                   Joined(columns->unused()),
                   "; those read are issuer, serial, not_before, not_after"}));
  }
  if (LookDecimal(*columns, head)) {
    Report(Concat({name,
                   ": no serial has a digit from a to f; they are read as "
                   "hexadecimal: if they are decimal, call their column "
                   "serial_decimal"}));
  }
  struct Worker {
    RowAnswerer& answerer;
    ListBlock block;
  };
  Worker first{first_, {}};
  Worker second{second_, {}};
  Progress progress(name, size);
  ListReader reader(descriptor, std::move(head));
  absl::Status read;
  std::atomic<bool> is_output_broken = false;
  const auto take = [&](Worker& worker) {
    if (is_output_broken.load(std::memory_order_relaxed)) return false;
    const auto taken = reader.Take(&worker.block);
    read = taken.status();
    return taken.ok() && *taken;
  };
  const auto work = [&](Worker& worker, Finished& finished) {
    worker.answerer.AnswerList(*columns, worker.block, name);
    finished.offset = worker.block.offset();
    std::swap(finished.results, worker.answerer.results());
  };
  const auto put = [&](Finished& finished) {
    Put(finished.results);
    progress.Update(finished.offset, tally_.total());
    if (!output_->status().ok())
      is_output_broken.store(true, std::memory_order_relaxed);
  };
  const uint64_t rows_before = tally_.total();
  WorkInOrder<Finished>(threads_, first, second, take, work, put);
  if (!read.ok()) AddBrokenOff(name, read);
  // A program may well make an empty list, so this is no error; but whoever
  // meant to ask about somebody should know.
  if (tally_.total() == rows_before && output_->status().ok())
    Report(Concat({name, ": no rows behind the header"}));
}

void AnswerSession::AddUnreadable(const std::string& name,
                                  std::string_view why) {
  first_.AddUnreadable(name, 0, why);
  first_.Finish();
  Put(first_.results());
}

void AnswerSession::AddBrokenOff(const std::string& name,
                                 const absl::Status& why) {
  first_.AddUnreadable(name, 0, MessageOf(why));
  first_.Finish();
  // But not of each file of a folder.
  Put(first_.results(), 2 * Results::kMaxProblems);
}

void AnswerSession::Put(Results& results, uint64_t most_reported) {
  tally_.Add(results.tally);
  for (const std::string& problem : results.problems) {
    if (reported_ >= most_reported) break;
    ++reported_;
    Report(problem);
  }
  output_->Write(results.text.view());
  results.text.clear();
  results.problems.clear();
  results.tally = Tally{};
}

}  // namespace revstat::tool
