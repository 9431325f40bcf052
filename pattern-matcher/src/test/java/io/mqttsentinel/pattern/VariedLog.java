package io.mqttsentinel.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Random;

/** Lines of a dozen programs in no order, no two alike, with the signs that logs are full of. */
final class VariedLog {

  private static final List<String> LINES =
      List.of(
          "INFO  [main] o.a.k.c.NetworkClient - connected to node-%d:9092 in %d ms",
          "WARN  sensor %d didn't answer, retry %d (timeout=5s)",
          "ERROR run.sh: line %d: cannot open file 'store-%d.db'",
          "DEBUG user \"op%d\" set valve=%d; ok",
          "kernel: [%d.%d] eth0: link up, 1000 Mbps",
          "GET /api/v1/devices/%d?limit=%d&sort=name%%20asc HTTP/1.1 200",
          "cron[%d]: (root) CMD (run-parts hourly.%d)",
          "sshd[%d]: Accepted publickey for admin from 10.0.0.%d port 52222 ssh2",
          "IllegalStateException: queue-%d is full (%d) at Queue.put(Queue.java:42)",
          "mem: total=%d used=%d free=12%% <none>",
          "{\"ts\":%d,\"level\":\"info\",\"msg\":\"it's up\",\"took\":%d}");

  private static final String WORDS = "abcdefghijklmnopqrstuvwxyz-_:;()=,.";

  private final Random random;

  VariedLog(long seed) {
    random = new Random(seed);
  }

  byte[] text(int size) {
    StringBuilder log = new StringBuilder(size + 200);
    while (log.length() < size) {
      log.append("2026-03-01T12:%02d:%02dZ ".formatted(random.nextInt(60), random.nextInt(60)));
      for (int i = random.nextInt(12); i > 0; i--) {
        log.append(WORDS.charAt(random.nextInt(WORDS.length())));
      }
      String line = LINES.get(random.nextInt(LINES.size()));
      log.append(' ').append(line.formatted(random.nextInt(9999), random.nextInt(9999)));
      log.append('\n');
    }
    return log.substring(0, size).getBytes(UTF_8);
  }

  /** A text with another at a share of its length. */
  byte[] with(int size, String inserted, double place) {
    return withAt(size, inserted, (int) (place * size));
  }

  byte[] withAt(int size, String inserted, int at) {
    String log = new String(text(size), UTF_8);
    return (log.substring(0, at) + " " + inserted + " " + log.substring(at)).getBytes(UTF_8);
  }
}
