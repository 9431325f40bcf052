package io.mqttsentinel.runtime;

import io.mqttsentinel.schemas.TopicProvisioner;
import io.mqttsentinel.schemas.Topics;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/** Makes the catalogue's topics, once in a process, before anything reads or writes them. */
@Singleton
public final class TopicCreation {

  private final KafkaConfig kafka;
  private final NodeConfig node;
  private boolean done;

  TopicCreation(KafkaConfig kafka, NodeConfig node) {
    this.kafka = kafka;
    this.node = node;
  }

  /**
   * Makes what is missing.
   *
   * @throws IllegalStateException if Kafka cannot be reached or its topics do not fit
   */
  public synchronized void ensure() {
    if (done) {
      return;
    }
    try (Admin admin = Admin.create(kafka.client())) {
      new TopicProvisioner(admin, kafka.layout())
          .provision(Topics.all(node.region(), kafka.layout()));
      done = true;
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "Kafka at %s (sentinel.kafka.bootstrap-servers) did not let the topics be made: %s"
              .formatted(kafka.bootstrapServers(), e.getCause().getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the topics were made", e);
    }
  }
}
