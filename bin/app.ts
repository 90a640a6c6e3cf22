// What `npx cdk` runs (cdk.json).
import { synthesise } from '../lib/app.ts';

synthesise();
