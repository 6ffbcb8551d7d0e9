import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Locale;

/**
 * Java: CertificateFactory makes objects and puts them in a TreeMap; verify checks the signature;
 * getRevokedCertificate is a search in the tree. See driver.h for the command line and what is
 * printed.
 */
final class JavaPeer {
  private static final int RECORD_SIZE = 24;
  private static final int LARGEST_PIECE = 1024;
  private static final long LONG_PIECE = 1_000_000; // nanoseconds

  private static final class Questions {
    final BigInteger[] serials;
    final boolean[] listed;

    Questions(byte[] octets, int begin, int count) {
      serials = new BigInteger[count];
      listed = new boolean[count];
      for (int i = 0; i < count; ++i) {
        int at = (begin + i) * RECORD_SIZE;
        listed[i] = octets[at] == 1;
        serials[i] = new BigInteger(octets, at + 2, octets[at + 1]);
      }
    }
  }

  private static X509CRL load(String crlPath, String caPath)
      throws IOException, GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    try (InputStream caFile = Files.newInputStream(Path.of(caPath));
        InputStream crlFile =
            new BufferedInputStream(Files.newInputStream(Path.of(crlPath)), 1 << 20)) {
      X509Certificate ca = (X509Certificate) factory.generateCertificate(caFile);
      X509CRL crl = (X509CRL) factory.generateCRL(crlFile);
      crl.verify(ca.getPublicKey());
      return crl;
    }
  }

  private static void answer(
      X509CRL crl, Questions questions, int begin, int count, boolean[] listed) {
    for (int i = 0; i < count; ++i) {
      listed[i] = crl.getRevokedCertificate(questions.serials[begin + i]) != null;
    }
  }

  private record Rate(double perSecond, int checked) {}

  /** As in driver.cc; the questions that are checked warm the compiler up, too. */
  private static Rate measure(X509CRL crl, Questions questions, double seconds) {
    long limit = (long) (seconds * 1e9);
    boolean[] listed = new boolean[LARGEST_PIECE];
    int piece = 1;
    int checked = 0;
    long begin = System.nanoTime();
    while (checked < questions.serials.length && System.nanoTime() - begin < limit) {
      int count = Math.min(piece, questions.serials.length - checked);
      long before = System.nanoTime();
      answer(crl, questions, checked, count, listed);
      if (piece < LARGEST_PIECE && System.nanoTime() - before < LONG_PIECE) piece *= 2;
      for (int i = 0; i < count; ++i, ++checked) {
        if (listed[i] != questions.listed[checked]) fail("a wrong answer to question " + checked);
      }
    }

    long done = 0;
    int next = 0;
    long elapsed;
    long start = System.nanoTime();
    do {
      int count = Math.min(piece, checked - next);
      answer(crl, questions, next, count, listed);
      done += count;
      next = next + count == checked ? 0 : next + count;
      elapsed = System.nanoTime() - start;
    } while (elapsed < limit);
    return new Rate(done / (elapsed / 1e9), checked);
  }

  private static long peakBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
    }
    throw new IOException("no VmHWM in /proc/self/status");
  }

  private static void fail(String what) {
    System.err.println(what);
    System.exit(2);
  }

  public static void main(String[] arguments) {
    if (arguments.length != 4 && arguments.length != 5) {
      fail("peer_java CRL CA LEAF QUESTIONS [SECONDS]");
    }
    try {
      run(arguments, arguments.length == 5 ? Double.parseDouble(arguments[4]) : 2);
    } catch (IOException | GeneralSecurityException | OutOfMemoryError error) {
      fail(error.toString());
    }
  }

  private static void run(String[] arguments, double seconds)
      throws IOException, GeneralSecurityException {
    long start = System.nanoTime();
    X509CRL crl = load(arguments[0], arguments[1]);
    double loadSeconds = (System.nanoTime() - start) / 1e9;
    long peak = peakBytes();

    byte[] octets = Files.readAllBytes(Path.of(arguments[3]));
    int half = octets.length / RECORD_SIZE / 2;
    if (half == 0 || octets.length != 2 * half * RECORD_SIZE) {
      fail("the file of questions is not whole");
    }
    Rate fewHits = measure(crl, new Questions(octets, 0, half), seconds);
    Rate halfHits = measure(crl, new Questions(octets, half, half), seconds);
    System.out.printf(
        Locale.ROOT,
        "{\"peer\":\"Java\",\"version\":\"%s\",\"search\":\"tree\",\"signature\":\"verified\","
            + "\"load_seconds\":%.6f,\"peak_bytes\":%d,\"per_second_1\":%.2f,\"checked_1\":%d,"
            + "\"per_second_50\":%.2f,\"checked_50\":%d}%n",
        Runtime.version().toString().replaceAll("[^0-9.].*", ""),
        loadSeconds,
        peak,
        fewHits.perSecond(),
        fewHits.checked(),
        halfHits.perSecond(),
        halfHits.checked());
  }
}
