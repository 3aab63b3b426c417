import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from 'type-graphql';
import type { AuditEntryRow, Page, ReportRow, TenantRow } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { pageWithTenant, withTenant } from '../loaders/with-tenant.ts';
import { LazyConnection } from '../schema/connection.ts';
import { listOfTenant } from '../schema/lists.ts';
import { pageRequest } from '../schema/page-args.ts';
import { Tenant } from '../tenants/tenant.ts';
import { AuditEntryConnection, auditFilterOf, AuditLogArgs } from './audit-log.ts';
import { ProvisioningReportConnection, ReportArgs } from './report.ts';

type ReportLine = ReportRow & { audit: ReportRow['entry'] };

/** The audit log of a tenant, and the provisioning report that is read from it. */
@Resolver(() => Tenant)
export class AuditQueries {
  @FieldResolver(() => AuditEntryConnection, {
    description: 'What happened in this tenant, newest first. Needs AUDIT_READ.',
  })
  auditLog(
    @Root() { id }: TenantRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => AuditLogArgs) args: AuditLogArgs,
  ): Promise<LazyConnection<AuditEntryRow>> {
    const filter = auditFilterOf(args.filter ?? {});
    return listOfTenant(context, info, id, {
      page: async directory =>
        pageWithTenant(directory, await directory.audit.page(filter, pageRequest(args))),
      count: ({ audit }) => audit.count(filter),
    });
  }

  @Query(() => ProvisioningReportConnection, {
    description:
      'What identity providers did to members and teams, or tried to, newest first. ' +
      'Needs AUDIT_READ.',
  })
  provisioningReport(
    @Ctx() { directory }: Context,
    @Args(() => ReportArgs) { filter, ...page }: ReportArgs,
  ): LazyConnection<ReportLine> {
    return new LazyConnection(
      async () => {
        const report = await directory.audit.report(filter, pageRequest(page));
        withTenant(
          directory,
          report.items.map(({ row }) => row.entry),
        );
        return withEntries(report);
      },
      async () => directory.audit.reportCount(filter),
    );
  }
}

/**
 * Puts each line's entry under the name of its field. Cursors stay getters: they are computed when
 * selected.
 */
function withEntries(report: Page<ReportRow>): Page<ReportLine> {
  return {
    ...report,
    items: report.items.map(item => ({
      row: { ...item.row, audit: item.row.entry },
      get cursor() {
        return item.cursor;
      },
    })),
  };
}
