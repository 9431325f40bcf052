package io.mqttsentinel.edge;

/** What the handlers of all connections share. */
record EdgeFlows(
    PacketDispatch packets,
    ArrivalFlow arrivals,
    OpeningFlow openings,
    DeliveryFlow deliveries,
    CloseFlow closing,
    EndFlow ends,
    Departures departures,
    MoquetteServer moquette,
    int receiveMaximum) {}
