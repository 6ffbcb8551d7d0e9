#include "tests/embed/c_test.h"

#include <unistd.h>

struct sample samples[kMaxSamples];
size_t sample_count = 0;

static size_t ReadHex(const char* text, uint8_t* octets, size_t room) {
  size_t size = 0;
  unsigned octet = 0;
  EXPECT(strlen(text) % 2 == 0 && strlen(text) / 2 <= room);
  for (; sscanf(text, "%2x", &octet) == 1; text += 2)
    octets[size++] = (uint8_t)octet;
  return size;
}

void ReadSamples(const char* folder) {
  char path[1024];
  snprintf(path, sizeof(path), "%s/samples.txt", folder);
  FILE* list = fopen(path, "r");
  EXPECT(list != NULL);
  char file[256];
  char serial[65];
  struct sample* sample = samples;
  while (fscanf(list, "%255s %64s %64s %15s", file, sample->issuer, serial,
                sample->status) == 4) {
    sample->serial_size =
        ReadHex(serial, sample->serial, sizeof(sample->serial));
    snprintf(path, sizeof(path), "%s/%s", folder, file);
    FILE* der = fopen(path, "rb");
    EXPECT(der != NULL);
    sample->size = fread(sample->der, 1, sizeof(sample->der), der);
    EXPECT(sample->size > 0 && sample->size < sizeof(sample->der));
    fclose(der);
    ++sample;
    EXPECT(++sample_count < kMaxSamples);
  }
  fclose(list);
  EXPECT(sample_count > 20);
}

revstat_query QueryOfCertificate(const struct sample* sample) {
  const revstat_query query = {.certificate = sample->der,
                               .certificate_size = sample->size};
  return query;
}

revstat_query QueryOfSerial(const struct sample* sample) {
  const revstat_query query = {.issuer = sample->issuer,
                               .serial = sample->serial,
                               .serial_size = sample->serial_size};
  return query;
}

void Tell(const int ends[2]) { EXPECT(write(ends[1], "", 1) == 1); }

void Await(const int ends[2]) {
  char octet;
  EXPECT(read(ends[0], &octet, 1) == 1);
}
