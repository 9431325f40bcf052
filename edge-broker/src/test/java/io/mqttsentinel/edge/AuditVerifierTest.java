package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditChain;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class AuditVerifierTest {

  @Property
  void wholeChainIsSoundInWhateverOrder(
      @ForAll @IntRange(min = 1, max = 50) int length, @ForAll Random random) {
    List<AuthAudit> records = chain("edge-0/a", length);
    Collections.shuffle(records, random);
    AuditVerifier.Chain chain = verify(records).getFirst();
    assertEquals(List.of(), chain.problems());
    assertEquals(length, chain.records());
    assertEquals(length, chain.last());
  }

  @Property
  void everyChangeShows(
      @ForAll @IntRange(min = 0, max = 19) int victim,
      @ForAll @IntRange(min = 0, max = 9) int how) {
    List<AuthAudit> records = chain("edge-0/a", 20);
    AuthAudit record = records.get(victim);
    switch (how) {
      case 0 -> record.setOutcome(AuditOutcome.FAILURE);
      case 1 -> record.setClientId("another");
      case 2 -> record.setAt(record.getAt().plusSeconds(1));
      case 3 -> record.setUsername(record.getUsername() == null ? "" : null);
      case 4 -> record.setCause("x");
      case 5 -> record.setTopic("t");
      case 6 -> record.setReasonCode(1);
      case 7 -> record.setRemoteAddress("192.0.2.1:1");
      case 8 -> record.setElapsedMicros(2);
      default -> record.setAuthenticator("x");
    }
    assertEquals(
        List.of("record %d was changed".formatted(victim + 1)),
        verify(records).getFirst().problems());
  }

  @Example
  void changedRecordWithItsHashMadeAnewBreaksTheNext() {
    List<AuthAudit> records = chain("edge-0/a", 5);
    records.get(2).setCause("forged");
    records.get(2).setHash(AuditChain.hash(records.get(2)));
    assertEquals(
        List.of("record 4 does not follow the one before it"),
        verify(records).getFirst().problems());
  }

  @Example
  void missingRecordsAreNamedButNotThoseOfBefore() {
    List<AuthAudit> records = chain("edge-0/a", 9);
    records.removeIf(record -> record.getSequence() == 5 || record.getSequence() == 6);
    assertEquals(List.of("records 5 to 6 are missing"), verify(records).getFirst().problems());
    AuditVerifier.Chain rest = verify(chain("edge-0/a", 9).subList(3, 9)).getFirst();
    assertEquals(List.of(), rest.problems());
    assertEquals(4, rest.first());
  }

  @Example
  void insertedRecordShows() {
    List<AuthAudit> records = chain("edge-0/a", 3);
    AuthAudit forged = chain("edge-0/a", 3).get(1);
    forged.setCause("forged");
    forged.setHash(AuditChain.hash(forged));
    records.add(forged);
    assertTrue(verify(records).getFirst().problems().contains("there are two records 2"));
  }

  @Example
  void chainsAreApart() {
    List<AuthAudit> records = chain("edge-0/a", 3);
    records.addAll(chain("edge-0/b", 4));
    assertEquals(2, verify(records).size());
    assertTrue(verify(records).stream().allMatch(chain -> chain.problems().isEmpty()));
  }

  private static List<AuditVerifier.Chain> verify(List<AuthAudit> records) {
    AuditVerifier verifier = new AuditVerifier();
    records.forEach(verifier::add);
    return verifier.chains();
  }

  private static List<AuthAudit> chain(String producer, int length) {
    List<AuthAudit> records = new ArrayList<>();
    ByteBuffer previous = AuditChain.BEGINNING;
    for (int i = 1; i <= length; i++) {
      AuthAudit record =
          AuthAudit.newBuilder()
              .setAt(Instant.EPOCH.plusSeconds(i))
              .setRegion("local")
              .setEdge("edge-0")
              .setClientId("c" + i)
              .setUsername(i % 2 == 0 ? null : "u")
              .setRemoteAddress("127.0.0.1:1")
              .setActivity(AuditActivity.CONNECT)
              .setOutcome(AuditOutcome.SUCCESS)
              .setProducer(producer)
              .setSequence(i)
              .setPreviousHash(previous)
              .setHash(AuditChain.BEGINNING)
              .build();
      previous = AuditChain.hash(record);
      record.setHash(previous);
      records.add(record);
    }
    return records;
  }
}
