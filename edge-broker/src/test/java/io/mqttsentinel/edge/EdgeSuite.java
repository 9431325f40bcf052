package io.mqttsentinel.edge;

import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.HttpSchemaRegistry;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.Topic;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.testing.TestKafka;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** One edge with its database and its owner of sessions, for a class of tests. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class EdgeSuite {

  static final String USER = "device";

  AuthDatabase database;
  TestEdge edge;
  FanoutDouble fanout;
  TopicLog<AuthAudit> audits;
  TopicLog<EdgeEvent> edgeEvents;
  TopicLog<InspectedMessage> inbound;

  Map<String, Object> settings() {
    return Map.of();
  }

  @BeforeAll
  void start() throws Exception {
    database = new AuthDatabase();
    database.user(USER);
    edge = TestEdge.start(0, database.url(), settings());
    fanout = new FanoutDouble();
    audits = log(Topics.AUDIT_AUTH);
    edgeEvents = log(Topics.EDGE_EVENTS);
    inbound = log(Topics.MQTT_INBOUND);
  }

  @AfterAll
  void stop() throws Exception {
    audits.close();
    edgeEvents.close();
    inbound.close();
    edge.close();
    fanout.close();
    database.close();
  }

  static <V extends SpecificRecord> TopicLog<V> log(Topic<String, V> topic) {
    TestKafka kafka = TestKafka.shared();
    return new TopicLog<>(
        topic,
        kafka.bootstrapServers(),
        new AvroSerdes(new HttpSchemaRegistry(kafka.registryUrl(), null, 3)));
  }

  static String newId() {
    return "c-" + UUID.randomUUID();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static MqttConnectionOptions options5() {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setUserName(USER);
    options.setPassword(utf8(AuthDatabase.PASSWORD));
    return options;
  }

  /** A connected MQTT 5 client with a clean start and no session afterwards. */
  MqttClient connect5(String clientId) throws MqttException {
    MqttClient client = new MqttClient(edge.tcp(), clientId, null);
    client.connect(options5());
    return client;
  }

  /** A connected client of another make, which reports reason codes. */
  Mqtt5BlockingClient connectHive(String clientId) {
    Mqtt5BlockingClient client = hive(clientId);
    var _ = client.connectWith().cleanStart(true).send();
    return client;
  }

  Mqtt5BlockingClient hive(String clientId) {
    return Mqtt5Client.builder()
        .identifier(clientId)
        .serverHost("127.0.0.1")
        .serverPort(edge.server().tcpPort())
        .simpleAuth()
        .username(USER)
        .password(utf8(AuthDatabase.PASSWORD))
        .applySimpleAuth()
        .buildBlocking();
  }

  /** A session that outlives its connection. */
  RawClient connectLasting(String clientId, String moreProperties) throws java.io.IOException {
    RawClient client = new RawClient(edge.server().tcpPort());
    client.send(0x10, RawClient.connectBody5(clientId, false, "11 00000e10" + moreProperties));
    RawClient.Packet connack = client.read();
    if (connack == null || connack.type() != 2 || connack.at(1) != 0) {
      throw new AssertionError("not let in: " + connack);
    }
    return client;
  }

  RawClient connectRaw(int version, String clientId) throws java.io.IOException {
    RawClient client = new RawClient(edge.server().tcpPort());
    client.connect(version, clientId, USER, AuthDatabase.PASSWORD);
    RawClient.Packet connack = client.read();
    if (connack == null || connack.type() != 2 || connack.at(1) != 0) {
      throw new AssertionError("not let in: " + connack);
    }
    return client;
  }
}
