package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.testing.Await;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Bytes and packets that no client should send, against a live edge that looks for leaks: it must
 * neither hang, nor log a failure that it did not expect, nor forget a buffer, nor trouble others.
 */
class FuzzIT {

  private static final int LANE = 0;
  private static final int TRIES = 400;
  // Long enough for an answer, short enough for hundreds of tries.
  private static final int QUIET_MILLIS = 15;

  /** The head of a stack trace. */
  private static final Pattern FAILURE =
      Pattern.compile("^(?:Caused by: )?[a-z.]+\\.[A-Z]\\w+(?::|$)");

  private static Cluster cluster;
  private static Device bystander;
  private static int logged;
  private static int roundTrips;

  @BeforeContainer
  static void start() throws Exception {
    cluster = SharedCluster.get();
    logged = cluster.log(Part.edge(LANE)).length();
    bystander =
        Device.connect(
                cluster.edge(LANE), "bystander", SharedCluster.USER, SharedCluster.PASSWORD, 0)
            .subscribe("clients/bystander/#", 1);
    roundTrip();
  }

  @AfterProperty
  void othersAreNotTroubled() throws Exception {
    assertTrue(bystander.isConnected(), "the bystander has kept its connection");
    roundTrip();
  }

  @AfterContainer
  static void nothingIsLeft() throws Exception {
    bystander.close();
    // Leaks are told when a later buffer is made after the collection of one that was forgotten.
    for (int i = 0; i < 3; i++) {
      cluster.collectGarbage(Part.edge(LANE));
      try (Device later =
          Device.connect(
              cluster.edge(LANE), "later-" + i, SharedCluster.USER, SharedCluster.PASSWORD, 0)) {
        later.publish("clients/later-" + i + "/state", "on", 1);
      }
    }
    List<String> bad =
        cluster
            .log(Part.edge(LANE))
            .substring(logged)
            .lines()
            .filter(FuzzIT::isBad)
            .limit(20)
            .toList();
    assertEquals(List.of(), bad);
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
  void mutatedPacketsAreHarmless(@ForAll("mutations") byte[] bytes) throws IOException {
    send(bytes);
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
  void mutatedPacketsOfAConnectedClientAreHarmless(
      @ForAll("versions") MqttVersion version, @ForAll("mutations") byte[] bytes)
      throws IOException {
    connectAndSend(version, bytes);
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
  void validPacketsInAnyOrderAreHarmless(
      @ForAll("versions") MqttVersion version, @ForAll boolean connected, @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    MqttMessage[] packets = new MqttMessage[random.nextInt(1, 8)];
    Arrays.setAll(packets, i -> packet(random));
    byte[] bytes = RawClient.encode(version, packets);
    if (connected) {
      connectAndSend(version, bytes);
    } else {
      send(bytes);
    }
  }

  @Provide
  Arbitrary<MqttVersion> versions() {
    return Arbitraries.of(MqttVersion.MQTT_3_1, MqttVersion.MQTT_3_1_1, MqttVersion.MQTT_5);
  }

  /** A valid packet or several, with some of their bytes changed, lost, repeated or added. */
  @Provide
  Arbitrary<byte[]> mutations() {
    return Combinators.combine(versions(), Arbitraries.longs())
        .as(
            (version, seed) -> {
              Random random = new Random(seed);
              ByteArrayOutputStream bytes = new ByteArrayOutputStream();
              if (random.nextBoolean()) {
                bytes.writeBytes(
                    RawClient.encode(version, RawClient.connect(version, "fuzz").build()));
              }
              for (int i = random.nextInt(1, 4); i > 0; i--) {
                bytes.writeBytes(RawClient.encode(version, packet(random)));
              }
              byte[] mutated = bytes.toByteArray();
              for (int i = random.nextInt(1, 6); i > 0; i--) {
                mutated = mutate(mutated, random);
              }
              return mutated;
            });
  }

  private static byte[] mutate(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(bytes.length);
    byte[] changed = bytes.clone();
    return switch (random.nextInt(7)) {
      case 0 -> { // one bit
        changed[at] ^= (byte) (1 << random.nextInt(8));
        yield changed;
      }
      case 1 -> { // one byte
        changed[at] = (byte) random.nextInt();
        yield changed;
      }
      case 2 -> { // a length that lies
        changed[Math.min(1, bytes.length - 1)] = (byte) random.nextInt();
        yield changed;
      }
      case 3 -> Arrays.copyOf(bytes, at); // the end is missing
      case 4 -> joined(Arrays.copyOf(bytes, at), rest(bytes, random.nextInt(at, bytes.length)));
      case 5 -> joined(Arrays.copyOf(bytes, random.nextInt(at, bytes.length)), rest(bytes, at));
      default -> {
        byte[] more = new byte[random.nextInt(1, 40)];
        random.nextBytes(more);
        yield joined(Arrays.copyOf(bytes, at), joined(more, rest(bytes, at)));
      }
    };
  }

  private static byte[] rest(byte[] bytes, int from) {
    return Arrays.copyOfRange(bytes, from, bytes.length);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static MqttMessage packet(Random random) {
    String tree = random.nextBoolean() ? "clients/fuzz/" : "clients/other/";
    int id = random.nextInt(1, 4);
    return switch (random.nextInt(14)) {
      case 0 -> RawClient.connect(MqttVersion.MQTT_5, "fuzz").build();
      case 1, 2, 3 ->
          MqttMessageBuilders.publish()
              .topicName(tree + random.nextInt(3))
              .qos(MqttQoS.valueOf(random.nextInt(3)))
              .retained(random.nextInt(4) == 0)
              .messageId(id)
              .payload(Unpooled.wrappedBuffer(new byte[random.nextInt(200)]))
              .build();
      case 4 -> reply(MqttMessageType.PUBACK, MqttQoS.AT_MOST_ONCE, id);
      case 5 -> reply(MqttMessageType.PUBREC, MqttQoS.AT_MOST_ONCE, id);
      case 6 -> reply(MqttMessageType.PUBREL, MqttQoS.AT_LEAST_ONCE, id);
      case 7 -> reply(MqttMessageType.PUBCOMP, MqttQoS.AT_MOST_ONCE, id);
      case 8, 9 ->
          MqttMessageBuilders.subscribe()
              .messageId(id)
              .addSubscription(MqttQoS.valueOf(random.nextInt(3)), tree + "#")
              .addSubscription(MqttQoS.AT_MOST_ONCE, random.nextInt(4) > 0 ? tree + "+" : "a/#/b")
              .build();
      case 10 -> MqttMessageBuilders.unsubscribe().messageId(id).addTopicFilter(tree + "#").build();
      case 11 -> MqttMessage.PINGREQ;
      case 12 -> random.nextBoolean() ? MqttMessage.DISCONNECT : MqttMessage.PINGRESP;
      default ->
          MqttMessageBuilders.connAck()
              .returnCode(MqttConnectReturnCode.CONNECTION_ACCEPTED)
              .build();
    };
  }

  private static MqttMessage reply(MqttMessageType type, MqttQoS flags, int id) {
    return new MqttMessage(
        new MqttFixedHeader(type, false, flags, false, 2), MqttMessageIdVariableHeader.from(id));
  }

  private static void send(byte[] bytes) throws IOException {
    try (RawClient client = RawClient.open(cluster.mqttPort(LANE))) {
      write(client, bytes);
    }
  }

  private static void connectAndSend(MqttVersion version, byte[] bytes) throws IOException {
    try (RawClient client = RawClient.open(cluster.mqttPort(LANE))) {
      client.send(RawClient.encode(version, RawClient.connect(version, "fuzz").build()));
      RawClient.Packet connAck = client.read(30_000);
      // Taken over by the next try, at the earliest.
      assertTrue(connAck != null && connAck.type() == 2 && connAck.body().get(1) == 0, "CONNACK");
      write(client, bytes);
    }
  }

  private static void write(RawClient client, byte[] bytes) {
    try {
      client.send(bytes);
      client.endsWithin(QUIET_MILLIS);
    } catch (IOException e) {
      // The edge hung up in the middle: it may.
    }
  }

  private static void roundTrip() throws Exception {
    String payload = "still here " + roundTrips++;
    bystander.publish("clients/bystander/state", payload, 1);
    Await.until(
        "the bystander's message",
        () -> bystander.received().stream().anyMatch(m -> m.payload().equals(payload)));
  }

  private static boolean isBad(String line) {
    return line.contains("LEAK") || line.contains(" ERROR ") || FAILURE.matcher(line).find();
  }
}
