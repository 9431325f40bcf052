package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Packets that nobody should send. Each time a well-behaved client beside is not disturbed. */
abstract class HostileSuite extends EdgeSuite {

  private Mqtt5BlockingClient bystander;
  private String bystanderId;

  @BeforeEach
  void connectBystander() {
    bystanderId = newId();
    bystander = connectHive(bystanderId);
  }

  @AfterEach
  void bystanderIsUndisturbed() {
    var _ =
        bystander
            .publishWith()
            .topic("clients/" + bystanderId + "/alive")
            .qos(MqttQos.AT_LEAST_ONCE)
            .send();
    bystander.disconnect();
  }

  void awaitEvent(String detail, String clientId) {
    EdgeEvent event =
        Await.value(
                "an event " + detail,
                () ->
                    edgeEvents.poll(
                        e ->
                            e.getDetail().equals(detail)
                                && (clientId == null || clientId.equals(e.getClientId()))),
                list -> !list.isEmpty())
            .getFirst();
    assertTrue(event.getRemoteAddress().startsWith("127.0.0.1:"));
    assertTrue(edge.counter("sentinel.edge.refused", "reason", detail) > 0);
  }

  static byte[] connect(int version, String clientId) {
    return RawClient.connectBody(version, clientId, USER, AuthDatabase.PASSWORD);
  }
}
