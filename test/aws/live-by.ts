// Preloaded into a program of the product, which then lives by the clock of a rig.
import { type ClockSettings, liveBy } from './clock.ts';

const { RIG_CLOCK } = process.env;
if (RIG_CLOCK === undefined) throw new Error('RIG_CLOCK says nothing');
liveBy(JSON.parse(RIG_CLOCK) as ClockSettings);
