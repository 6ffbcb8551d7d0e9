#include "tools/revstat/answer_session.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/parallel.h"

namespace revstat::tool {
namespace {

constexpr size_t kHeadBytes = 1 << 16;
// So many broken rows are reported one by one; the rest are only counted.
constexpr uint64_t kMaxReports = 20;

// Up to kHeadBytes from the start, to tell the kind of content.
absl::StatusOr<std::string> ReadHead(int descriptor) {
  std::string head(kHeadBytes, '\0');
  size_t used = 0;
  while (used < head.size()) {
    const ssize_t got =
        read(descriptor, head.data() + used, head.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return MakeError(ErrorCode::kInputUnreadable, std::strerror(errno));
    if (got == 0) break;
    used += static_cast<size_t>(got);
  }
  head.resize(used);
  return head;
}

uint64_t SizeOf(int descriptor) {
  struct stat info = {};
  return fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode)
             ? static_cast<uint64_t>(info.st_size)
             : 0;
}

}  // namespace

void AnswerSession::Answer(const std::string& input) {
  std::error_code error;
  if (input == "-") {
    AnswerDescriptor(STDIN_FILENO, input, From::kCommandLine);
  } else if (std::filesystem::is_directory(input, error)) {
    AnswerFolder(input);
  } else {
    AnswerFile(input, From::kCommandLine);
  }
  Finish();
  if (reported_ > kMaxReports) {
    Report(Concat({input, ": ", WithCommas(reported_ - kMaxReports),
                   " more could not be read"}));
  }
  reported_ = 0;
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
      if (walk->is_regular_file(ignored)) {
        files.push_back(walk->path().string());
      } else if (walk->is_directory(ignored) && !walk->is_symlink(ignored)) {
        folders.push_back(walk->path().string());
      }
    }
    if (error) {
      AddUnreadable(folder, 0, error.message());
      Finish();  // the row borrows the folder's name
    }
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    if (!output_->status().ok()) break;
    AnswerFile(file, From::kFolder);
    output_->Drain();
  }
  Finish();  // rows of unreadable files borrow their names
}

void AnswerSession::AnswerFile(const std::string& path, From from) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return AddUnreadable(path, 0, std::strerror(errno));
  AnswerDescriptor(descriptor, path, from);
  close(descriptor);
}

void AnswerSession::AnswerDescriptor(int descriptor, const std::string& name,
                                     From from) {
  auto head = ReadHead(descriptor);
  if (!head.ok()) return AddUnreadable(name, 0, MessageOf(head.status()));
  const ContentKind kind = DetectContent(BytesOf(*head));
  const bool no_certificates =
      kind == ContentKind::kOther || kind == ContentKind::kCrl;
  // A folder of certificates has other files in it, too.
  if (no_certificates && from == From::kFolder) return;
  if (kind == ContentKind::kList) {
    return AnswerList(descriptor, name, *std::move(head), SizeOf(descriptor));
  }
  if (kind == ContentKind::kCrl) {
    return AddUnreadable(name, 0,
                         "is a CRL, not a certificate; give it with --crl");
  }
  if (kind == ContentKind::kOther) {
    return AddUnreadable(name, 0,
                         "neither a certificate (PEM, DER, PKCS#7) nor a list "
                         "with a header that "
                         "names issuer and serial");
  }
  const bool seekable = lseek(descriptor, 0, SEEK_SET) == 0;
  const auto file = Buffer::ReadDescriptor(descriptor, name);
  if (!file.ok()) return AddUnreadable(name, 0, MessageOf(file.status()));
  if (seekable) {
    AnswerBundle(name, (*file)->bytes());
  } else {
    head->append(TextOf((*file)->bytes()));
    AnswerBundle(name, BytesOf(*head));
  }
  Finish();
}

void AnswerSession::AnswerBundle(const std::string& name, Bytes file) {
  Progress progress(name, file.size());
  // A file of one certificate needs no number behind its name.
  const bool is_alone = HoldsOneObject(file);
  uint64_t position = 0;
  ForEachObject(
      file,
      [&](const Object& object) {
        if (object.kind != ObjectKind::kCertificate) return;
        ++position;
        AddCertificate(object.der, name, is_alone ? 0 : position);
        if (rows_.size() >= kBlock) {
          Finish();
          output_->Drain();
          progress.Update(object.offset, tally_.total());
        }
      },
      [&](uint64_t offset, const absl::Status& status) {
        ++position;
        AddUnreadable(name, is_alone ? 0 : position,
                      Concat({"at octet ", std::to_string(offset), ": ",
                              MessageOf(status)}));
      });
}

void AnswerSession::AnswerList(int descriptor, const std::string& name,
                               std::string head, uint64_t size) {
  Progress progress(name, size);
  ListReader reader(descriptor, std::move(head));
  std::vector<ListRow> rows;
  absl::Status read = reader.ReadAhead();
  while (read.ok() && output_->status().ok() && !reader.done()) {
    const absl::Status taken = reader.TakeRows(&rows);
    if (!taken.ok()) return AddUnreadable(name, 0, MessageOf(taken));
    // One block is answered while the results of the one before are written
    // and the next is read.
    output_->SetAside();
    RunBeside(
        Threads::kTwo, [&] { AnswerRows(rows, name); },
        [&] {
          output_->WriteAside();
          read = reader.ReadAhead();
        });
    progress.Update(reader.bytes_read(), tally_.total());
  }
  if (!read.ok()) AddUnreadable(name, 0, MessageOf(read));
}

void AnswerSession::AnswerRows(const std::vector<ListRow>& rows,
                               const std::string& name) {
  for (const ListRow& row : rows) {
    AddListRow(row, name);
    if (rows_.size() >= kBlock) Finish();
  }
  Finish();  // the rows borrow the reader's block
}

void AnswerSession::AddCertificate(Bytes der, const std::string& name,
                                   uint64_t position) {
  if (decoded_used_ == decoded_.size()) decoded_.emplace_back();
  std::string& kept = decoded_[decoded_used_];
  kept.assign(TextOf(der));
  const auto certificate = CertificateView::Parse(BytesOf(kept));
  if (!certificate.ok())
    return AddUnreadable(name, position, MessageOf(certificate.status()));
  ++decoded_used_;
  ResultRow row;
  row.input = name;
  row.position = position;
  row.subject = certificate->subject();
  row.issuer = certificate->issuer();
  row.question = resolver_.QuestionOf(*certificate);
  rows_.push_back(row);
}

void AnswerSession::AddListRow(const ListRow& row, const std::string& name) {
  if (row.problem != nullptr) return AddUnreadable(name, row.line, row.problem);
  ResultRow result;
  result.input = name;
  result.position = row.line;
  result.issuer_text = row.issuer;
  if (row.issuer.empty())
    return AddUnreadable(name, row.line, "the issuer is missing");
  const auto serial = SerialNumber::FromText(row.serial);
  if (!serial.ok())
    return AddUnreadable(name, row.line, MessageOf(serial.status()));
  result.question.key.serial = *serial;
  if (row.issuer != last_issuer_text_ || last_issuer_text_.empty()) {
    const auto issuer = resolver_.IssuerNamed(row.issuer);
    if (!issuer.ok())
      return AddUnreadable(name, row.line, MessageOf(issuer.status()));
    last_issuer_text_ = row.issuer;
    last_issuer_ = *issuer;
  }
  result.question.key.issuer = last_issuer_;
  const auto bound = [&](std::string_view text, Time* time) {
    if (text.empty()) return true;
    const auto parsed = ParseTime(text);
    if (parsed.has_value()) *time = *parsed;
    return parsed.has_value();
  };
  if (!bound(row.not_before, &result.question.not_before) ||
      !bound(row.not_after, &result.question.not_after)) {
    return AddUnreadable(
        name, row.line,
        "not_before and not_after are RFC 3339 or Unix seconds");
  }
  rows_.push_back(result);
}

void AnswerSession::AddUnreadable(const std::string& name, uint64_t position,
                                  std::string_view why) {
  ++tally_.unreadable;
  if (++reported_ <= kMaxReports) {
    const std::string at =
        position > 0 ? Concat({":", std::to_string(position)}) : "";
    Report(Concat({name, at, ": ", why}));
  }
  ResultRow row;
  row.input = name;
  row.position = position;
  row.readable = false;
  rows_.push_back(row);
  // The block must not grow without bound on an input that is all broken. The
  // name is the caller's, who may not keep it: folders end here.
  if (rows_.size() >= kBlock) Finish();
}

void AnswerSession::Finish() {
  questions_.clear();
  for (const ResultRow& row : rows_) questions_.push_back(row.question);
  verdicts_.resize(questions_.size());
  Check(snapshot_, policy_, questions_, verdicts_);
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!rows_[i].readable) {
      verdicts_[i] = Verdict{};
      verdicts_[i].cause = Cause::kBadInput;
    }
    ++tally_.by_status[static_cast<size_t>(verdicts_[i].status)];
    writer_->Write(rows_[i], verdicts_[i]);
  }
  rows_.clear();
  decoded_used_ = 0;
}

}  // namespace revstat::tool
