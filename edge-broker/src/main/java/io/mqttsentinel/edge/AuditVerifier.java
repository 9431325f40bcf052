package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.AuditChain;
import io.mqttsentinel.schemas.AuthAudit;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Checks the hash chains of audit records, which may come in any order: each record's own hash,
 * that each names the hash of the one before it, and that none is missing in between. What a chain
 * lost at its end cannot be seen from the chain; what it lost at its beginning may be over by
 * retention, and is only told.
 */
final class AuditVerifier {

  /**
   * One chain.
   *
   * @param first sequence of the first record that is there
   * @param problems none where all is well
   */
  record Chain(String producer, long records, long first, long last, List<String> problems) {}

  private record Link(ByteBuffer previousHash, ByteBuffer hash) {}

  private static final int MOST_PROBLEMS = 100;

  private final Map<String, TreeMap<Long, Link>> links = new TreeMap<>();
  private final Map<String, List<String>> problems = new TreeMap<>();
  private long unchained;

  void add(AuthAudit audit) {
    if (audit.getSequence() == 0) {
      unchained++;
      return;
    }
    String producer = audit.getProducer();
    if (!AuditChain.hash(audit).equals(audit.getHash())) {
      problem(producer, "record %d was changed".formatted(audit.getSequence()));
    }
    Link link = new Link(audit.getPreviousHash(), audit.getHash());
    Link other =
        links.computeIfAbsent(producer, p -> new TreeMap<>()).put(audit.getSequence(), link);
    if (other != null && !other.equals(link)) {
      problem(producer, "there are two records %d".formatted(audit.getSequence()));
    }
  }

  /** Records without a chain, of before there were chains. */
  long unchained() {
    return unchained;
  }

  List<Chain> chains() {
    List<Chain> chains = new ArrayList<>();
    links.forEach(
        (producer, chain) -> {
          follow(producer, chain);
          chains.add(
              new Chain(
                  producer,
                  chain.size(),
                  chain.firstKey(),
                  chain.lastKey(),
                  List.copyOf(problems.getOrDefault(producer, List.of()))));
        });
    return chains;
  }

  private void follow(String producer, NavigableMap<Long, Link> chain) {
    long expected = chain.firstKey();
    ByteBuffer previous = expected == 1 ? AuditChain.BEGINNING : null;
    for (Map.Entry<Long, Link> entry : chain.entrySet()) {
      long sequence = entry.getKey();
      if (sequence != expected) {
        problem(producer, "records %d to %d are missing".formatted(expected, sequence - 1));
      } else if (previous != null && !previous.equals(entry.getValue().previousHash())) {
        problem(producer, "record %d does not follow the one before it".formatted(sequence));
      }
      previous = entry.getValue().hash();
      expected = sequence + 1;
    }
  }

  private void problem(String producer, String what) {
    List<String> known = problems.computeIfAbsent(producer, p -> new ArrayList<>());
    if (known.size() < MOST_PROBLEMS && !known.contains(what)) {
      known.add(what);
    }
  }
}
