package io.mqttsentinel.edge;

import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.runtime.NodeConfig;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.runtime.TopicCreation;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Topics;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Puts an edge together: from Kafka inwards, the sockets last. */
@Factory
final class EdgeFactory {

  /** Not a key for a configuration: tools set it that want the beans of an edge, but no edge. */
  static final String SERVE = "sentinel.edge.serve";

  @Singleton
  Bans bans(Clock clock) {
    return new Bans(clock);
  }

  @Singleton
  @Bean(preDestroy = "close")
  @Requires(property = "sentinel.edge.admin.token")
  AccessAdmin accessAdmin(KafkaConfig kafka, AvroSerdes serdes, Clock clock) {
    return new AccessAdmin(kafka, serdes, clock, "api");
  }

  @Context
  @Bean(preDestroy = "close")
  @Requires(property = SERVE, notEquals = "false")
  EdgeServer edgeServer(
      EdgeConfig config,
      UplinkConfig uplinkConfig,
      KafkaConfig kafka,
      NodeConfig node,
      AvroSerdes serdes,
      Authentication authentication,
      TopicCreation topicCreation,
      ServiceMetrics serviceMetrics,
      TlsConfig tls,
      ReplayConfig replayConfig,
      LimitsConfig limits,
      AbuseConfig abuse,
      StormConfig storm,
      Bans bans,
      Clock clock) {
    EdgeChannels.enable();
    topicCreation.ensure();
    Topics.all(node.region(), kafka.layout()).forEach(serdes::value); // no registry on the way
    Epochs epochs = new Epochs(clock, config.lane());
    EdgeIdentity identity =
        new EdgeIdentity(node.region(), config.nameIn(node), config.lane(), epochs.next());
    EdgeMetrics metrics = new EdgeMetrics(serviceMetrics.registry());
    boolean encrypted = Listener.TLS.isOn(config) || Listener.SECURE_WEBSOCKET.isOn(config);
    TlsCertificates certificates =
        encrypted ? TlsCertificates.load(tls, metrics, clock) : null; // before Kafka is spoken to

    KafkaProducer<byte[], byte[]> producer =
        KafkaClients.producer(kafka, uplinkConfig, config, identity.edge());
    KafkaProducer<byte[], byte[]> auditProducer =
        KafkaClients.auditProducer(kafka, uplinkConfig, config, identity.edge());
    KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(kafka, identity.edge());
    new KafkaClientMetrics(producer).bindTo(metrics.registry());
    new KafkaClientMetrics(auditProducer).bindTo(metrics.registry());
    new KafkaClientMetrics(consumer).bindTo(metrics.registry());

    Uplink uplink =
        new Uplink(
            new UplinkProducers(producer, auditProducer), serdes, kafka.layout(), uplinkConfig);
    Connections connections = new Connections();
    SessionEvents sessions = new SessionEvents(uplink, identity, metrics, clock);
    Audit audit = new Audit(uplink, identity, metrics, clock);
    long start = System.nanoTime();
    LongSupplier nanos = () -> System.nanoTime() - start;
    EdgeEvents events = new EdgeEvents(uplink, identity, metrics, clock, connections::count, nanos);
    TopicCheck topics = new TopicCheck(config.maxTopicLevels(), config.maxTopicLength());

    CloseFlow closing = new CloseFlow(events, metrics, config.maxSessionExpiry());
    Admission admission = new Admission(limits, bans);
    BanWriter banWriter =
        new BanWriter(uplink, bans, audit, metrics, identity, abuse.banFor(), clock);
    Access access = new Access(admission, bans, new AbuseWatch(abuse, banWriter, events, nanos));
    AccessReader accessReader =
        new AccessReader(
            KafkaClients.accessConsumer(kafka, identity.edge()),
            serdes,
            kafka.layout(),
            new AccessFlow(authentication, bans, connections, closing),
            metrics,
            nanos);
    metrics.gauge("sentinel.edge.bans", "Bans in force", bans::count);
    metrics.gauge(
        "sentinel.edge.addresses", "Addresses that connections count under", admission::addresses);
    LimitFlow limitFlow =
        new LimitFlow(new RateLimits(limits), closing, events, metrics, limits.patience(), nanos);
    ScheduledExecutorService housekeeping =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("edge-housekeeping").daemon().factory());
    OpeningGate gate = new OpeningGate(storm, housekeeping, nanos);
    metrics.gauge("sentinel.edge.storm.waiting", "Clients that wait for their turn", gate::waiting);
    metrics.gauge("sentinel.edge.storm.limit", "Sessions that may open at a time", gate::limit);
    OpeningFlow openings =
        new OpeningFlow(
            gate, epochs, connections, sessions, closing, access, audit, metrics, config, clock);
    ConnectFlow connects =
        new ConnectFlow(
            new ConnectCheck(config, topics),
            authentication,
            access,
            uplink,
            openings,
            closing,
            audit,
            metrics);
    PublishAcks publishAcks = new PublishAcks(sessions, metrics, closing);
    TopicAsks asks = new TopicAsks();
    PublishFlow publishes =
        new PublishFlow(
            uplink,
            sessions,
            new PublishCheck(topics, config.receiveMaximum(), config.topicAliasMaximum()),
            publishAcks,
            asks,
            closing,
            audit,
            metrics,
            identity,
            clock);
    ReplayFlow replays =
        new ReplayFlow(
            new ReplayReader(
                () -> KafkaClients.replayConsumer(kafka, identity.edge()),
                serdes,
                new ReplayWriter(metrics, replayConfig.stallLimit(), clock),
                metrics),
            replayConfig.maxConcurrent(),
            kafka.layout(),
            clock);
    metrics.gauge("sentinel.edge.replays.running", "Replays under way", replays::running);
    SubscribeFlow subscriptions =
        new SubscribeFlow(sessions, uplink, topics, closing, audit, metrics, config, replays, asks);
    DeliveryReports reports =
        new DeliveryReports(uplink, identity, config.ackLinger(), clock, closing);
    DeliveryFlow deliveries = new DeliveryFlow(reports, metrics, clock, closing);
    DeliveryAckFlow deliveryAcks =
        new DeliveryAckFlow(deliveries, reports, sessions, metrics, closing);
    EndPace pace = new EndPace(storm.ends(), storm.endsWithin(), housekeeping, nanos);
    metrics.gauge(
        "sentinel.edge.storm.ends", "Connections of which is still to be told", pace::waiting);
    EndFlow ends =
        new EndFlow(connections, sessions, deliveries, audit, replays, admission, gate, pace);

    Door door = new Door(access, !config.isBehindProxy(), events::turnedAway, metrics);
    MoquetteServer moquette = new MoquetteServer(config, certificates, door, housekeeping);
    DownlinkReader downlink =
        new DownlinkReader(
            consumer,
            serdes,
            identity,
            new DownlinkDispatch(
                connections, openings, new SubscribeAnswers(closing, metrics), deliveries, closing),
            uplink,
            metrics,
            clock);
    gauges(metrics, connections, uplink, downlink);
    return new EdgeServer(
            config,
            identity,
            uplink,
            downlink,
            moquette,
            connections,
            events,
            housekeeping,
            new EdgeFlows(
                new PacketFlows(
                    connects,
                    publishes,
                    subscriptions,
                    publishAcks,
                    deliveryAcks,
                    closing,
                    limitFlow),
                new ArrivalFlow(connections, access, closing, config),
                openings,
                deliveries,
                closing,
                ends,
                new Departures(),
                moquette,
                config.receiveMaximum()),
            new EdgePipeline(
                config.maxMessageBytes(),
                ProxyProtocol.of(config.proxyProtocol(), metrics),
                encrypted ? new TlsHandshakes(tls.handshakeTimeout(), metrics) : null),
            certificates,
            replays,
            accessReader,
            bans,
            pace)
        .start();
  }

  private static void gauges(
      EdgeMetrics metrics, Connections connections, Uplink uplink, DownlinkReader downlink) {
    metrics.gauge("sentinel.edge.connections", "Clients that are let in", connections::count);
    metrics.gauge(
        "sentinel.edge.uplink.records",
        "Records that Kafka has not acknowledged",
        uplink::unacknowledged);
    metrics.gauge("sentinel.edge.uplink.bytes", "Their size, about", uplink::unacknowledgedBytes);
    metrics.gauge(
        "sentinel.edge.uplink.waiting",
        "Connections that are not read because the uplink is full",
        uplink::waiting);
    metrics.gauge(
        "sentinel.edge.downlink.lag", "Records of the lane that are not read", downlink::lag);
  }
}
